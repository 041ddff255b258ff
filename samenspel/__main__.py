"""Runs the command as `python -m samenspel`."""

from samenspel.cli import main

main()
