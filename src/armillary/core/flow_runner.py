"""Flow runners: how the process of a deployed run is made."""

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
        if self.condaenv and self.virtualenv:
            raise InvalidOption(
                "A process runs in one environment, not in two.", subject="condaenv", advice="Leave one of them out."
            )


FlowRunner = UniversalFlowRunner | SubprocessFlowRunner

_KINDS: dict[str, type[UniversalFlowRunner] | type[SubprocessFlowRunner]] = {
    "universal": UniversalFlowRunner,
    "subprocess": SubprocessFlowRunner,
}


def to_document(runner: FlowRunner) -> dict[str, Any]:
    """As JSON has it; ``from_document`` reads it again.

    >>> to_document(SubprocessFlowRunner(working_dir="/srv"))
    {'type': 'subprocess', 'working_dir': '/srv', 'stream_output': True}
    """
    given = {name: value for name, value in asdict(runner).items() if value is not None}
    return {"type": runner.type, **given}


def from_document(document: Mapping[str, Any]) -> FlowRunner:
    """Raises InvalidOption naming the type or option that is none."""
    kind = str(document.get("type"))
    if kind not in _KINDS:
        raise InvalidOption(f"There is no flow runner {kind!r} here.", subject=kind, advice=did_you_mean(kind, _KINDS))
    options = {name: value for name, value in document.items() if name != "type"}
    known = {field.name for field in fields(_KINDS[kind])}
    unknown = sorted(set(options) - known)
    if unknown:
        raise InvalidOption(
            f"A {kind} flow runner has no option {unknown[0]!r}.",
            subject=unknown[0],
            advice=did_you_mean(unknown[0], known),
        )
    return _KINDS[kind](**options)
