"""Forty tasks of ten milliseconds, one after the other."""

import time

from armillary import flow, task


@task
def nap():
    time.sleep(0.01)


@flow
def main():
    for _ in range(40):
        nap().result()


main()
