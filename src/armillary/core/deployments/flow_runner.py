"""Flow runners: how the process of a deployed run is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from armillary.core.errors import InvalidOption, did_you_mean


@dataclass(frozen=True, slots=True)
class UniversalFlowRunner:
    """A process on the agent's machine, with the agent's own Python."""

    type = "universal"
    env: dict[str, str] | None = None

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True)
class SubprocessFlowRunner:
    """A process on the agent's machine. ``virtualenv`` is the folder of a virtual environment and ``condaenv`` the name or
    folder of a conda environment to run it in; both must have Armillary. ``working_dir`` is its folder, else the agent's.
    ``stream_output`` shows what it prints on the agent's terminal."""

    type = "subprocess"
    env: dict[str, str] | None = None
    condaenv: str | None = None
    virtualenv: str | None = None
    working_dir: str | None = None
    stream_output: bool = True

    def __post_init__(self) -> None:
        _check(self)
        if self.condaenv and self.virtualenv:
            raise InvalidOption(
                "A process runs in one environment, not in two.", subject="condaenv", advice="Leave one of them out."
            )


FlowRunner = UniversalFlowRunner | SubprocessFlowRunner

KINDS: dict[str, type[UniversalFlowRunner] | type[SubprocessFlowRunner]] = {
    "universal": UniversalFlowRunner,
    "subprocess": SubprocessFlowRunner,
}


def checked_type(name: str) -> str:
    """The name of a flow runner. Raises InvalidOption suggesting the nearest."""
    if name not in KINDS:
        raise InvalidOption(f"There is no flow runner {name!r} here.", subject=name, advice=did_you_mean(name, KINDS))
    return name


def to_document(runner: FlowRunner) -> dict[str, Any]:
    """As JSON values; ``from_document`` is the inverse.

    >>> to_document(SubprocessFlowRunner(working_dir="/srv"))
    {'type': 'subprocess', 'working_dir': '/srv', 'stream_output': True}
    """
    given = {name: value for name, value in asdict(runner).items() if value is not None}
    return {"type": runner.type, **given}


def from_document(document: Mapping[str, Any]) -> FlowRunner:
    """Raises InvalidOption naming the unknown type or option."""
    kind = checked_type(str(document.get("type")))
    options = {name: value for name, value in document.items() if name != "type"}
    known = {field.name for field in fields(KINDS[kind])}
    unknown = sorted(set(options) - known)
    if unknown:
        raise InvalidOption(
            f"A {kind} flow runner has no option {unknown[0]!r}.",
            subject=unknown[0],
            advice=did_you_mean(unknown[0], known),
        )
    return KINDS[kind](**options)


def _check(runner: FlowRunner) -> None:
    """Raises InvalidOption for a value of the wrong type."""
    for field in fields(runner):
        value = getattr(runner, field.name)
        if field.name == "env":
            _check_variables(runner.type, value)
        elif isinstance(field.default, bool):
            if not isinstance(value, bool):
                raise _unfit(runner.type, field.name, value, "true or false")
        elif value is not None and (not isinstance(value, str) or not value):
            raise _unfit(runner.type, field.name, value, "text")


def _check_variables(kind: str, value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise _unfit(kind, "env", value, "variables as {name: value}")
    for name, each in value.items():
        if not isinstance(name, str) or not name or "=" in name or not isinstance(each, str):
            raise _unfit(
                kind, "env", {name: each}, "text for each name and value, in quotes where it looks like a number"
            )


def _unfit(kind: str, option: str, value: Any, wanted: str) -> InvalidOption:
    return InvalidOption(f"A {kind} flow runner has {option}={value!r}.", subject=option, advice=f"Give {wanted}.")
