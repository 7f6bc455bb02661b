"""Measures, and prints one table.

python -m benchmarks                     our rows against their bars
python -m benchmarks --peers             the same beside other orchestrators, installed on first use into .bench/
python -m benchmarks --rows sequential,ingest --quick -o json
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from typing import Any

from benchmarks.peers.peer import PEERS, Peer
from benchmarks.row import Row
from benchmarks.rows import deploying, recording, serving, starting, tasks

ROWS: list[Row] = [*starting.ROWS, *tasks.ROWS, *recording.ROWS, *deploying.ROWS, *serving.ROWS]


def main() -> int:
    wanted = _arguments()
    names = wanted.rows.split(",") if wanted.rows else [row.name for row in ROWS]
    unknown = sorted(set(names) - {row.name for row in ROWS})
    if unknown:
        print(f"There is no row {unknown[0]!r}. Known: {', '.join(row.name for row in ROWS)}.", file=sys.stderr)
        return 2
    peers = [peer for peer in PEERS if wanted.peers and _installed(peer)]
    results = [_measure(row, peers, 1 if wanted.quick else 5) for row in ROWS if row.name in names]
    if wanted.output == "json":
        print(json.dumps({"machine": _machine(), "rows": results}, indent=2))
    else:
        print(f"\n{_machine()}\n")
        print(_table(results, peers))
    return 0 if all(result["reached"] for result in results) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--peers", action="store_true", help="measure other orchestrators too")
    parser.add_argument("--quick", action="store_true", help="one round of each, for a first look")
    parser.add_argument("--rows", help="only these, by comma")
    parser.add_argument("-o", "--output", choices=["table", "json"], default="table")
    return parser.parse_args()


def _installed(peer: Peer) -> bool:
    try:
        peer.install()
    except subprocess.CalledProcessError as problem:
        print(f"{peer.name} cannot be installed here: {problem}", file=sys.stderr)
        return False
    return True


def _measure(row: Row, peers: list[Peer], rounds: int) -> dict[str, Any]:
    print(f"{row.name} …", file=sys.stderr, flush=True)
    found = row.run(rounds)
    theirs: dict[str, float] = {}
    for peer in peers:
        try:
            value = peer.measure(row.peer) if row.peer else None
        except (subprocess.SubprocessError, ValueError, IndexError) as problem:
            print(f"{peer.name} could not be measured: {problem}", file=sys.stderr)
            continue
        if value is not None:
            theirs[peer.name] = value
    return {
        "row": row.name,
        "what": row.what,
        "unit": row.unit,
        "value": found.value,
        "detail": found.detail,
        "bar": row.bar,
        "aim": row.aim,
        "reached": row.reaches(found.value, row.bar),
        "aim_reached": row.reaches(found.value, row.aim),
        "peers": theirs,
        "ratios": {name: value / found.value for name, value in theirs.items()},
        **found.extra,
    }


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def _table(results: list[dict[str, Any]], peers: list[Peer]) -> str:
    head = ["what", "Armillary", "bar", "aim", "", *(peer.name for peer in peers), "detail"]
    lines = [head, ["---"] * len(head)]
    for result in results:
        verdict = "aim" if result["aim_reached"] else "bar" if result["reached"] else "MISSED"
        theirs = [
            f"{_number(result['peers'][peer.name])} ({result['ratios'][peer.name]:,.0f} ×)"
            if peer.name in result["peers"]
            else ""
            for peer in peers
        ]
        unit = result["unit"]
        lines.append(
            [
                result["what"],
                f"{_number(result['value'])} {unit}",
                _number(result["bar"]),
                _number(result["aim"]),
                verdict,
                *theirs,
                result["detail"],
            ]
        )
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main())
