"""The speed and memory that the project promises, as one command: `make bench`."""
