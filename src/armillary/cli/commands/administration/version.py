"""``armillary version``: of Armillary, of Python, of the machine."""

from __future__ import annotations

import platform
import sys

from armillary import __version__
from armillary.cli.terminal.noun import command
from armillary.cli.terminal.output import Output, OutputOption, print_json

app = command()


@app.command()
def version(output: OutputOption = Output.TABLE) -> None:
    """Show the version of Armillary; with -o json also those of Python and the system.

    \b
    Example:
      armillary version -o json
    """
    if output is Output.JSON:
        print_json(
            {
                "version": __version__,
                "python": platform.python_version(),
                "implementation": sys.implementation.name,
                "system": platform.platform(),
            }
        )
    else:
        print(__version__)
