"""What makes two calls of a task the same: policies that compose with ``+`` and ``-``."""

from __future__ import annotations

from typing import Any

from armillary.core.errors import InvalidOption
from armillary.engine.handles.contexts import TaskRunContext
from armillary.engine.results.hashing import hash_of


class CachePolicy:
    """A set of parts that go into the key. ``INPUTS + TASK_SOURCE`` combines two; ``INPUTS - "verbose"`` leaves a parameter out."""

    __slots__ = ("_left_out", "_parts")

    def __init__(self, *parts: str, left_out: frozenset[str] = frozenset()) -> None:
        self._parts = frozenset(parts)
        self._left_out = left_out

    def __add__(self, other: CachePolicy) -> CachePolicy:
        if not isinstance(other, CachePolicy):
            return NotImplemented
        return CachePolicy(*self._parts, *other._parts, left_out=self._left_out | other._left_out)

    def __sub__(self, parameter: str) -> CachePolicy:
        if not isinstance(parameter, str):
            raise InvalidOption(
                f"{self!r} - {parameter!r}: only a parameter name can be left out.",
                advice="Write INPUTS - 'name'.",
            )
        return CachePolicy(*self._parts, left_out=self._left_out | {parameter})

    def __repr__(self) -> str:
        parts = " + ".join(sorted(self._parts)) or "NO_CACHE"
        return " - ".join([parts, *map(repr, sorted(self._left_out))])

    def key(self, context: TaskRunContext, parameters: dict[str, Any]) -> str | None:
        """The key of one call; None: do not cache. Raises :class:`NotSerializable` naming what cannot be hashed."""
        if not self._parts:
            return None
        found: list[Any] = [context.task.task_key]
        if "INPUTS" in self._parts:
            found.append(
                [
                    (name, inputs_hash(name, parameters[name]))
                    for name in sorted(parameters)
                    if name not in self._left_out
                ]
            )
        if "TASK_SOURCE" in self._parts:
            function = getattr(context.task.fn, "__func__", context.task.fn)  # ``self`` of a method is an input
            found.append(hash_of(function, f"the code of task {context.task.name!r}"))
        if "RUN_ID" in self._parts:
            found.append(context.flow_run.root_flow_run_id)
        if "FLOW_PARAMETERS" in self._parts:
            given = context.flow_run.parameters
            found.append(
                [(name, inputs_hash(name, given[name])) for name in sorted(given) if name not in self._left_out]
            )
        return hash_of([sorted(self._parts), *found], "the cache key")


def inputs_hash(name: str, value: Any) -> str:
    """The hash of one parameter."""
    return hash_of(value, f"the parameter {name!r}")


INPUTS = CachePolicy("INPUTS")
TASK_SOURCE = CachePolicy("TASK_SOURCE")
RUN_ID = CachePolicy("RUN_ID")
FLOW_PARAMETERS = CachePolicy("FLOW_PARAMETERS")
NO_CACHE = CachePolicy()
DEFAULT = INPUTS + TASK_SOURCE + RUN_ID


def task_input_hash(context: TaskRunContext, parameters: dict[str, Any]) -> str | None:
    """A ``cache_key_fn``: equal for calls of one task, as its code stands, with equal arguments.

    @task(cache_key_fn=task_input_hash, cache_expiration=timedelta(days=1))
    """
    return (INPUTS + TASK_SOURCE).key(context, parameters)
