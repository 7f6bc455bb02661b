"""Flow runs, from user code."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from armillary.client.connecting import connect


def resume_flow_run(flow_run: str, run_input: Any = UNSET) -> None:
    """Resume a paused or suspended flow run, given by its id or name.

    ``run_input`` is the requested value, as JSON values or a pydantic model. Raises NotFound, IllegalTransition for a run that
    is not paused, and InvalidParameters for an invalid input; then nothing changes.

        resume_flow_run("flashy-dove", {"approved": True})
    """
    if hasattr(run_input, "model_dump"):
        run_input = run_input.model_dump(mode="json")
    with connect() as client:
        client.resume(client.find_flow_run(flow_run).id, run_input)
