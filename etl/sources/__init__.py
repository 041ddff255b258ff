"""One module per way a log is stored; each gives rows of text with the line they stand on."""
