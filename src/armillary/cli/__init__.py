"""The ``armillary`` command. Data goes to stdout, talk to stderr; each noun's module is loaded when the noun is used."""

from armillary.cli.application import main

__all__ = ["main"]
