"""A server of this program's home, in a process of its own, for programs that measure it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.request import Request, urlopen

from armillary.home.address import read_address

TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A context manager. ``seconds_to_ready`` is from the start of its process to its saying that it is ready, of which a core
    worked ``cpu_seconds_to_ready``."""

    def __enter__(self) -> Server:
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.home = os.environ["ARMILLARY_HOME"]
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "armillary", "server", "start", "--port", str(port), "--no-open"],
            stderr=subprocess.DEVNULL,
        )
        while not self._is_ready():
            time.sleep(0.005)
        self.seconds_to_ready = time.perf_counter() - began
        self.cpu_seconds_to_ready = self.cpu_seconds
        address = read_address(self.home)
        assert address is not None
        self.api_url = address.api_url
        self.token = Path(self.home, "token").read_text().strip()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait()

    @property
    def cpu_seconds(self) -> float:
        """What it has used of a core until now."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory_mb(self) -> float:
        """What of it is in memory now."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def get(self, path: str) -> bytes:
        return self._asked(Request(self.api_url + path, headers=self.headers))

    def post(self, path: str, body: Any = None) -> bytes:
        said = json.dumps(body or {}).encode()
        return self._asked(Request(self.api_url + path, said, self.headers, method="POST"))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}

    def _asked(self, request: Request) -> bytes:
        with urlopen(request, timeout=30) as answer:
            told: bytes = answer.read()
            return told

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/api/ready", timeout=30) as answer:
                return bool(answer.status == 200)
        except OSError:
            assert self.process.poll() is None, "the server ended"
            return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
