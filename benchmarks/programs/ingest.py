"""Runs a flow of many tasks, then takes its journal into the ledger and prints the events per second."""

import json
import os
import time

from armillary import flow, task
from armillary.ledger.database.opening import open_ledger
from armillary.ledger.ingest.following import catch_up

NUMBER = 20_000


@task
def same(value):
    return value


@flow
def mapped():
    return same.map(range(NUMBER))


def main() -> None:
    mapped()
    home = os.environ["ARMILLARY_HOME"]
    ledger = open_ledger(home)
    started = time.perf_counter()
    caught = catch_up(ledger, os.path.join(home, "journal"))
    seconds = time.perf_counter() - started
    ledger.close()
    print(json.dumps({"events_per_second": caught.frames / seconds, "events": caught.frames}))


main()
