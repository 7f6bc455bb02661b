"""A server as people start it: a process of its own, over a home of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

import warm_commands
from armillary.home.address import read_address


@dataclass
class ServedHome:
    """A home and the server that keeps it. ``api`` sends the home's token."""

    home: Path
    process: subprocess.Popen[str] | None = None
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARMILLARY_")}
        return {**kept, "ARMILLARY_HOME": str(self.home), "NO_COLOR": "1", **self.settings}

    def start(self, *options: str) -> None:
        """Returns when the server has said where it is."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "armillary", "server", "start", "--port", "0", *options],
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
        )
        assert self.process.stderr is not None
        self.banner = ""
        while "ARMILLARY_API_URL=" not in self.banner:
            line = self.process.stderr.readline()
            assert line, f"the server ended: {self.banner}"
            self.banner += line

    def stop(self, how: int = signal.SIGTERM) -> int:
        assert self.process is not None and self.process.stderr is not None
        self.process.send_signal(how)
        self.process.stderr.read()
        code = self.process.wait(timeout=120)
        self.process.stderr.close()
        self.process = None
        return code

    @property
    def url(self) -> str:
        address = read_address(str(self.home))
        assert address is not None
        return address.url

    @property
    def token(self) -> str:
        return (self.home / "token").read_text().strip()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return httpx.request(
            method,
            f"{self.url}/api{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}", **headers},
            timeout=120,
        )

    def armillary(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        return warm_commands.run(arguments, env=self.environment, code=code)

    def json(self, *arguments: str) -> Any:
        return json.loads(self.armillary(*arguments, "-o", "json").stdout)

    def flow(self, source: str) -> subprocess.Popen[str]:
        """A script that runs on this home."""
        script = self.home.parent / f"script{len(list(self.home.parent.glob('script*')))}.py"
        script.write_text(source)
        return subprocess.Popen(
            [sys.executable, str(script)],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedHome]:
    """A home whose server each test starts as it likes."""
    home = ServedHome(tmp_path / "home")
    yield home
    if home.process is not None:
        home.process.kill()
        home.process.wait()
    in_background = read_address(str(home.home))
    if in_background is not None:  # of a test that failed
        os.kill(in_background.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHome]:
    """A server that all tests of a file share."""
    home = ServedHome(tmp_path_factory.mktemp("served") / "home")
    home.start()
    yield home
    home.stop()
