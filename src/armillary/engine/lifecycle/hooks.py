"""State-change hooks: user functions called after a transition was recorded. They can neither change nor break a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from armillary.core.states import State
from armillary.engine.output.logs import DEBUG, say, say_exception
from armillary.engine.runs.specs import Hook
from armillary.engine.waiting.loops import run_coroutine


def call_hooks(run: Any, hooks: Sequence[Hook], state: State | None = None) -> None:
    """Call each hook with (flow or task, the run's record, its state), in order. One that raises is logged, the next
    one is called."""
    record = run.as_record()
    state = state or run.state
    for hook in hooks:
        name = getattr(hook, "__name__", repr(hook))
        say(
            run,
            DEBUG,
            "Running hook %r in response to entering state %r",
            name,
            state.name,
        )
        try:
            answer = hook(run.spec.subject, record, state)
            if hasattr(answer, "__await__"):
                run_coroutine(answer)
        except BaseException as problem:  # also sys.exit(): the transition was made, and waiters must be woken
            say_exception(run, f"Hook {name!r} raised:", problem)
