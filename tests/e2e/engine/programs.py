"""Running programs as users do: a script in a folder, a process, a home."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent


class Program:
    """A script in a folder of its own, run by this interpreter."""

    def __init__(self, folder: Path, home: Path, source: str, name: str = "program.py") -> None:
        self.folder = folder
        self.path = folder / name
        self.path.write_text(dedent(source))
        self.environment = {**os.environ, "ARMILLARY_HOME": str(home)}

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        """The process, its output in pipes."""
        return subprocess.Popen(
            [sys.executable, str(self.path), *arguments],
            cwd=self.folder,
            env={**self.environment, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """The finished process."""
        process = self.start(*arguments, **settings)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def appears(self, name: str, process: subprocess.Popen[str]) -> Path:
        """Wait until the program has made a file of that name beside itself."""
        path = self.folder / name
        deadline = time.monotonic() + 120
        while not path.exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline, f"{name} did not appear"
            os.sched_yield()
        return path
