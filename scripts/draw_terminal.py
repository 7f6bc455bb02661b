"""Draws docs/assets/terminal.svg: a real run of a small flow and what the command line then says of it.

.venv/bin/python scripts/draw_terminal.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = """\
from armillary import flow, task


@task(retries=2)
def fetch(page: int) -> int:
    return page * 10


@flow
def collect(pages: int = 3):
    return fetch.map(range(pages))


collect()
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ARMILLARY_HOME": f"{folder}/home", "COLUMNS": "110", "FORCE_COLOR": "1"}
        script = Path(folder, "collect.py")
        script.write_text(PROGRAM)
        console = Console(record=True, width=110, force_terminal=True, file=open(os.devnull, "w"))  # noqa: SIM115
        for shown, command in (
            ("python collect.py", [sys.executable, "collect.py"]),
            ("armillary flow-run ls", [sys.executable, "-m", "armillary", "flow-run", "ls"]),
            ("armillary task-run ls", [sys.executable, "-m", "armillary", "task-run", "ls"]),
        ):
            result = subprocess.run(
                command,
                cwd=folder,
                env=environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=True,
            )
            console.print(Text(f"$ {shown}", style="bold"))
            console.print(Text.from_ansi(result.stdout.rstrip()))
            console.print()
        console.save_svg(str(ROOT / "docs/assets/terminal.svg"), title="armillary")


if __name__ == "__main__":
    main()
