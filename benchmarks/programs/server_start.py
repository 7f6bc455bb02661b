"""Starts a server on a home that has one run, several times, and prints the milliseconds from start to ready."""

import json
import statistics

from served import Server

from armillary import flow

ROUNDS = 5


@flow
def nothing():
    return 1


def main() -> None:
    nothing()
    with Server() as first:  # makes the database
        fresh = first.seconds_to_ready
    took, worked = [], []
    for _ in range(ROUNDS):
        with Server() as server:
            took.append(server.seconds_to_ready * 1000)
            worked.append(server.cpu_seconds_to_ready * 1000)
    print(
        json.dumps(
            {"milliseconds": statistics.median(took), "fresh": fresh * 1000, "processor": statistics.median(worked)}
        )
    )


main()
