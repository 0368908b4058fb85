"""The command line. Standard output carries only the result; everything else goes to standard error."""
