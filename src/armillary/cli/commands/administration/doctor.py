"""``armillary doctor``: is this home in order, and if not, what mends it?"""

from __future__ import annotations

import sys

import typer

from armillary.cli.commands.administration.doctor_checks import Finding, Verdict, examine
from armillary.cli.terminal.exits import FAILED, OK
from armillary.cli.terminal.messages import paints, say, shown
from armillary.cli.terminal.noun import command
from armillary.cli.terminal.output import Output, OutputOption, print_json

app = command()

_SIGNS = {Verdict.GOOD: ("ok", "32"), Verdict.DOUBTFUL: ("look", "33"), Verdict.BAD: ("bad", "31")}


@app.command()
def doctor(output: OutputOption = Output.TABLE) -> None:
    """Check settings, the home folder, the database and the journals, and say how to mend what is not in order.

    Exits with 1 when something is bad; what only deserves a look does not count.

    \b
    Example:
      armillary doctor -o json
    """
    findings = examine()
    if output is Output.JSON:
        print_json(findings)
    else:
        for finding in findings:
            _show(finding)
    bad = sum(1 for finding in findings if finding.verdict is Verdict.BAD)
    say(f"{bad} of {len(findings)} checks found something bad." if bad else "All is well.")
    raise typer.Exit(FAILED if bad else OK)


def _show(finding: Finding) -> None:
    sign, color = _SIGNS[finding.verdict]
    sign = f"{sign:<4}"
    painted = f"\x1b[{color}m{sign}\x1b[0m" if paints(sys.stdout) else sign
    print(f"{painted}  {finding.check}: {shown(finding.found, sys.stdout)}")
    if finding.fix:
        print(f"      {finding.fix}")
