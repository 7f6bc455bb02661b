"""What a process that holds secrets does so that others of the same user do not read them from it: agents and servers.

An agent's runs are programs of others, and run as its user. They may read the environment a process was started with, and its
memory, in ``/proc``, unless it says that it is not to be dumped. As root, or with CAP_SYS_PTRACE, that does not hold them off:
therefore the secrets in the environment are also blotted out where the kernel shows it.
"""

from __future__ import annotations

import os
import sys

from armillary import settings

_PR_SET_DUMPABLE = 4


def hide_secrets() -> None:
    """Of this process; those it starts are as any other. What ``os.environ`` says stays. Nothing where there is no /proc. A debugger
    of the same user cannot attach any more, and no core is dumped."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # only agents and servers pay for it

    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    variables = ctypes.POINTER(ctypes.c_void_p).in_dll(libc, "environ")
    number = 0
    while variables and (place := variables[number]):
        name, _, value = ctypes.string_at(place).partition(b"=")
        if settings.is_withheld(os.fsdecode(name)):
            ctypes.memset(place + len(name) + 1, ord("*"), len(value))
        number += 1
