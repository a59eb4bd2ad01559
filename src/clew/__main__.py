"""`python -m clew` is the command `clew`."""

from clew.cli.app import main

main()
