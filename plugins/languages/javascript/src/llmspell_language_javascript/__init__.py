"""What the engines of JavaScript share: the guest, and the machine that drives it over a virtual machine of theirs."""
