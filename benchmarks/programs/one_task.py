"""A flow of one task, in a fresh process."""

from armillary import flow, task


@task
def one():
    return 1


@flow
def main():
    return one().result()


main()
