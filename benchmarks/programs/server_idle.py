"""Lets a server do nothing for a while, and prints its memory and what it used of a core."""

import json
import time

from served import Server

SETTLES_SECONDS = 3
SECONDS = 20


def main() -> None:
    with Server() as server:
        time.sleep(SETTLES_SECONDS)
        before = server.cpu_seconds
        time.sleep(SECONDS)
        used = server.cpu_seconds - before
        print(json.dumps({"memory_mb": server.memory_mb, "percent_of_core": used / SECONDS * 100}))


main()
