"""A notification policy: which state changes of flow runs are sent, where to, and in which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from string import Formatter
from typing import Any
from urllib.parse import urlsplit

from armillary.core.errors import InvalidOption, did_you_mean
from armillary.core.record import Record
from armillary.core.states import TYPE_OF_NAME, StateType

FIELDS = (
    "flow_name",
    "flow_run_name",
    "flow_run_id",
    "flow_run_url",
    "state_name",
    "state_type",
    "state_message",
    "state_timestamp",
    "expected_start_time",
    "tags",
    "parameters",
    "policy_name",
)
"""The fields of a template, each in braces."""

DEFAULT_TEMPLATE = "Flow run {flow_name}/{flow_run_name} is {state_name}. {state_message}\n{flow_run_url}"
_LONGEST_TEMPLATE = 10_000


@dataclass(slots=True)
class NotificationPolicy(Record):
    """``states`` are state types or names; ``tags``: a run has any of them, empty: all runs. ``target`` is the address
    without its secrets. ``template`` None: the default text."""

    id: str
    name: str
    states: list[str]
    target: str
    tags: list[str] = field(default_factory=list)
    template: str | None = None
    active: bool = True
    created: datetime | None = None
    updated: datetime | None = None


def checked_states(states: Sequence[str]) -> list[str]:
    """Normalized states: types in capitals, names unchanged. Raises InvalidOption for an unknown one."""
    if not states:
        raise InvalidOption("A policy needs at least one state.", subject="states", advice="Give FAILED, for example.")
    names = {name.upper(): name for name in TYPE_OF_NAME}
    found = []
    for state in states:
        upper = state.upper()
        if upper in StateType.__members__:
            found.append(upper)
        elif upper in names:
            found.append(names[upper])
        else:
            near = did_you_mean(state, [*StateType.__members__, *TYPE_OF_NAME])
            raise InvalidOption(f"There is no state {state!r}.", subject="states", advice=near)
    return list(dict.fromkeys(found))


def checked_template(template: str | None) -> str | None:
    """Raises InvalidOption for a template that could not be filled in: it is better rejected now than when a run fails."""
    if template is None:
        return None
    if not template.strip() or len(template) > _LONGEST_TEMPLATE:
        raise InvalidOption(f"A template has 1 to {_LONGEST_TEMPLATE} characters.", subject="template")
    try:
        parts = list(Formatter().parse(template))
    except ValueError as problem:
        raise InvalidOption(
            f"The template cannot be read: {problem}.", subject="template", advice="Write {{ for a literal brace."
        ) from None
    for _, name, spec, conversion in parts:
        if name is None:
            continue
        if name not in FIELDS:
            raise InvalidOption(
                f"A template has no field {name!r}.", subject="template", advice=did_you_mean(name, FIELDS)
            )
        if spec or conversion:
            raise InvalidOption(f"Write {{{name}}} without a format.", subject="template")
    return template


def checked_target(target: str) -> str:
    """Raises InvalidOption for an invalid address."""
    try:
        parts = urlsplit(target.strip())
    except ValueError:  # a bracket that is not closed
        parts = urlsplit("")
    if not parts.scheme or not (parts.netloc or parts.path.strip("/")):
        raise InvalidOption(
            "The target is not a valid address.",
            subject="target",
            advice="Give https://… of a webhook, or an Apprise address such as mailto://user:password@example.org.",
        )
    return target.strip()


def shown_target(target: str) -> str:
    """The address without secrets: everything but scheme and host may be secret.

    >>> shown_target("https://hooks.example.org/services/T1/B2/secret")
    'https://hooks.example.org/…'
    """
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.hostname or ''}/…"


def matches(policy: NotificationPolicy, state_type: str, state_name: str, tags: Sequence[str]) -> bool:
    """Whether the policy covers a run with these tags entering this state."""
    wanted = state_type in policy.states or state_name in policy.states
    return wanted and (not policy.tags or bool(set(policy.tags) & set(tags)))


def message_of(template: str | None, facts: Mapping[str, Any]) -> str:
    """The text of one notification. Facts are inserted as text and never parsed as a template.

    >>> message_of("{state_name}: {flow_run_name}", {"state_name": "Failed", "flow_run_name": "{x}"})
    'Failed: {x}'
    """
    pieces = []
    for text, name, _, _ in Formatter().parse(template or DEFAULT_TEMPLATE):
        pieces.append(text)
        if name is not None:
            value = facts.get(name)
            pieces.append("" if value is None else str(value))
    return "".join(pieces).strip()
