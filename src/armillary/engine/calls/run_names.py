"""Names of runs that users choose: a template over the call's parameters, or a function that sees its own run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from armillary.core.text.names import checked_run_name, filled_template
from armillary.engine.handles.future import Future
from armillary.engine.parameters.signatures import call_parameters
from armillary.engine.runs.current import current_run

if TYPE_CHECKING:
    from armillary.engine.runs.flow_execution import FlowExecution
    from armillary.engine.runs.task_execution import TaskExecution


def chosen_name(
    run: FlowExecution | TaskExecution,
    template: str | Callable[[], Any],
    given: Mapping[str, Any],
    call: tuple[tuple[Any, ...], dict[str, Any]],
) -> str:
    """``given`` are parameters by name, as the call names them; ``call`` is the call itself, for those it leaves to defaults.

    Raises :class:`~armillary.errors.InvalidOption`, or what the user's function raises.
    """
    if not callable(template):
        return filled_template(template, _Fields(run, given, call))
    token = current_run.set(run)
    try:
        name = template()
        if hasattr(name, "__await__"):
            from armillary.engine.waiting.loops import run_coroutine  # async functions alone need it

            name = run_coroutine(name)
    finally:
        current_run.reset(token)
    return checked_run_name(name)


class _Fields(dict[str, Any]):
    """Parameters for a template: the given ones, and on the first miss all of them: defaults, ``self`` of a method."""

    def __init__(
        self,
        run: FlowExecution | TaskExecution,
        given: Mapping[str, Any],
        call: tuple[tuple[Any, ...], dict[str, Any]],
    ) -> None:
        super().__init__({name: _in_a_name(value) for name, value in given.items()})
        self._fn = run.spec.fn
        self._call: tuple[tuple[Any, ...], dict[str, Any]] | None = call

    def __missing__(self, field: str) -> Any:
        call, self._call = self._call, None
        if call is not None:
            for name, value in call_parameters(self._fn, *call).items():
                self.setdefault(name, _in_a_name(value))
        if field in self:
            return self[field]
        raise KeyError(field)


def _in_a_name(value: Any) -> Any:
    """Names are generated before values exist: a future appears as its run's name."""
    return value.name if type(value) is Future else value
