"""What a process that speaks for Apprise may do: connect outside, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REFUSED = {
    "connect": "socket.create_connection(('127.0.0.1', 9), 1)",
    "connect by a name": "socket.socket().connect(('localhost', 9))",
    "connect_ex": "socket.socket().connect_ex(('127.0.0.1', 9))",
    "IPv6": "socket.socket(socket.AF_INET6).connect(('::ffff:169.254.169.254', 9))",
    "a datagram": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
    "a message": "socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('127.0.0.1', 9))",
    "a socket of this machine": "socket.socket(socket.AF_UNIX).connect('/run/x')",
    "another thread": "in_a_thread(lambda: socket.create_connection(('127.0.0.1', 9), 1))",
    "an event loop": "asyncio.run(asyncio.open_connection('127.0.0.1', 9))",
    "HTTP": "urllib.request.urlopen('http://127.0.0.1:9/')",
    "mail": "smtplib.SMTP('127.0.0.1', 9)",
    "a program": "subprocess.run(['true'])",
    "a shell": "os.system('true')",
}
CODE = """
import asyncio, os, smtplib, socket, subprocess, sys, threading, urllib.request
from armillary.server.notifying.apprise_process import _guard

def in_a_thread(do):
    found = []
    def run():
        try:
            do()
        except OSError as problem:
            found.append(problem)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    raise found[0]

refused = []
_guard(refused)
try:
    {code}
except OSError:
    pass
print(len(refused))
"""


@pytest.mark.parametrize("code", REFUSED.values(), ids=REFUSED)
def test_nothing_inside_is_reached_and_no_program_is_started(code: str, home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CODE.format(code=code)], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 0
