"""Between the kernel and a script: the host side of the protocol in `llmspell.engine`, over two transports."""
