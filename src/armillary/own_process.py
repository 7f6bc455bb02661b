"""Protects secrets of agents and servers from being read by other processes of the same user.

An agent's runs are programs of others, and run as its user. They may read the environment a process was started with, and its
memory, in ``/proc``, unless it is marked as not dumpable. Root and CAP_SYS_PTRACE bypass that:
therefore the secrets are also overwritten in the environment that the kernel shows.
"""

from __future__ import annotations

import os
import sys

from armillary import settings

_PR_SET_DUMPABLE = 4


def hide_secrets() -> None:
    """Affects only this process, not its children. ``os.environ`` is unchanged. Does nothing without /proc. A debugger
    of the same user can no longer attach, and no core is dumped."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # needed only by agents and servers

    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    variables = ctypes.POINTER(ctypes.c_void_p).in_dll(libc, "environ")
    number = 0
    while variables and (place := variables[number]):
        name, _, value = ctypes.string_at(place).partition(b"=")
        if settings.is_withheld(os.fsdecode(name)):
            ctypes.memset(place + len(name) + 1, ord("*"), len(value))
        number += 1
