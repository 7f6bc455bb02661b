"""While a file is loaded for a deployment, what it calls at its top level must not run: the deployment runs it, later."""

from __future__ import annotations

import warnings

loading = 0
"""How many files are being loaded. A plain number, because every call of a flow reads it."""


class NoFlowRuns:
    """Flows that are called in this block do not run: the call warns and gives None."""

    def __enter__(self) -> None:
        global loading
        loading += 1

    def __exit__(self, *_: object) -> None:
        global loading
        loading -= 1


def pass_over(flow_name: str) -> None:
    """Instead of a call of that flow."""
    warnings.warn(
        f"Flow {flow_name!r} was called while its file was loading, so it did not run. Put the call below "
        '`if __name__ == "__main__":`, so that it runs only when the file is executed directly.',
        RuntimeWarning,
        stacklevel=3,
    )


async def nothing() -> None:
    """What the call of an ``async def`` flow is then, so that ``asyncio.run`` takes it."""
