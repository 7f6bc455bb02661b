"""Measure the pages; see :mod:`benchmarks.pages`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.pages import lists, live, loading, log
from benchmarks.pages.common import Measured

PARTS: dict[str, Callable[[Path], Iterable[Measured]]] = {
    "loading": loading.measured,
    "live": live.measured,
    "log": log.measured,
    "lists": lists.measured,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages")
    parser.add_argument("--only", default="loading,live,log", help=f"by comma, of {', '.join(PARTS)}")
    wanted = parser.parse_args().only.split(",")
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"there is no part {sorted(unknown)[0]!r}: there are {', '.join(PARTS)}")
    missed = 0
    for name in wanted:
        with TemporaryDirectory() as folder:
            for each in PARTS[name](Path(folder)):
                print(each.row(), flush=True)
                missed += not each.is_reached
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main())
