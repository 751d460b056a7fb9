"""Lets `python -m tillid.cli` stand in for the command `tillid`."""

from tillid.cli.main import main

main()
