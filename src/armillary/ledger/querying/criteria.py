"""Criteria as SQL: what :mod:`armillary.core.criteria` can say, a condition on the rows of the listing's own table.

Joins are written as EXISTS, which reads a listing in its order and looks each row up, but where few rows of the other noun can
fit, because ids or names are named or the state is one that runs leave again: then a list of those is made first. A database
without statistics would decide by chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from msgspec import json
from sqlalchemy import ColumnElement, and_, exists, or_, select

from armillary.clock import to_us
from armillary.core.criteria import (
    ChoiceCriterion,
    Criteria,
    DeploymentCriteria,
    FlowCriteria,
    FlowRunCriteria,
    IdCriterion,
    LogCriteria,
    ReferenceCriterion,
    StateCriterion,
    StateTypeCriterion,
    TagCriterion,
    TaskRunCriteria,
    TextCriterion,
    TimeCriterion,
)
from armillary.core.errors import InvalidOption
from armillary.core.ids import flow_id
from armillary.core.states import TERMINAL, TYPE_OF_NAME
from armillary.ledger.querying.text_match import id_begins_with, name_begins_with, name_contains
from armillary.ledger.tables.deployment_tables import deployment
from armillary.ledger.tables.run_tables import flow, flow_run, flow_run_tag, log, task_run, task_run_tag

MOST_CHOICES = 1_000
MOST_PARTS = 20
"""Of one name; each is looked for in every name there is."""
HIGHEST_LEVEL = 1_000

Condition = ColumnElement[bool]


def of_flows(wanted: Criteria | None) -> Condition:
    """What rows of ``flow`` must be like."""
    wanted = wanted or Criteria()
    found = _flow(wanted.flows)
    if wanted.flow_runs or wanted.task_runs:
        below = [*_flow_run(wanted.flow_runs), *_has_task_runs(wanted.task_runs)]
        if _fits_few(wanted.flow_runs):
            found.append(flow.c.id.in_(select(flow_run.c.flow_id).where(*below)))
        else:
            found.append(exists().where(flow_run.c.flow_id == flow.c.id, *below))
    if wanted.deployments:
        found.append(exists().where(deployment.c.flow_id == flow.c.id, *_deployment(wanted.deployments)))
    return and_(True, *found)


def of_flow_runs(wanted: Criteria | None) -> Condition:
    """What rows of ``flow_run`` must be like."""
    wanted = wanted or Criteria()
    found = [*_flow_run(wanted.flow_runs), *_has_task_runs(wanted.task_runs)]
    found.extend(_in_flow(flow_run.c.flow_id, wanted.flows))
    if wanted.deployments:
        of_run = select(deployment.c.id).where(*_deployment(wanted.deployments))
        found.append(flow_run.c.deployment_id.in_(of_run))
    return and_(True, *found)


def of_task_runs(wanted: Criteria | None, *, counted: bool = False) -> Condition:
    """What rows of ``task_run`` must be like. ``counted``: all of them are wanted and none of them first, so the flow runs
    they are in are found once, instead of one for each task run there is."""
    wanted = wanted or Criteria()
    found = _task_run(wanted.task_runs)
    if wanted.flow_runs or wanted.flows or wanted.deployments:
        of_run = of_flow_runs(Criteria(flow_runs=wanted.flow_runs, flows=wanted.flows, deployments=wanted.deployments))
        if counted or _fits_few(wanted.flow_runs):
            found.append(task_run.c.flow_run_id.in_(select(flow_run.c.id).where(of_run)))
        else:
            found.append(exists().where(flow_run.c.id == task_run.c.flow_run_id, of_run))
    return and_(True, *found)


def of_deployments(wanted: Criteria | None) -> Condition:
    """What rows of ``deployment`` must be like."""
    wanted = wanted or Criteria()
    found = _deployment(wanted.deployments)
    found.extend(_in_flow(deployment.c.flow_id, wanted.flows))
    if wanted.flow_runs or wanted.task_runs:
        below = [flow_run.c.deployment_id == deployment.c.id, *_flow_run(wanted.flow_runs)]
        found.append(exists().where(*below, *_has_task_runs(wanted.task_runs)))
    return and_(True, *found)


def of_names(column: ColumnElement[str], wanted: TextCriterion | None) -> Condition:
    """What a noun's names, which lie in ``column``, must be like."""
    return and_(True, *_text(column, wanted))


def of_logs(wanted: LogCriteria | None) -> Condition:
    """What rows of ``log`` must be like, but for their text. Lines are kept by root run, so those of flow runs are looked for in their roots alone."""
    if wanted is None:
        return and_(True)
    line = log.c
    found = [*_reference(line.task_run_id, wanted.task_run_id), *_time(line.at, wanted.timestamp)]
    if wanted.flow_run_id is not None:
        found.extend(_id(line.flow_run_id, wanted.flow_run_id))
        if wanted.flow_run_id.any_ is not None:
            roots = select(flow_run.c.root_flow_run_id).where(flow_run.c.id.in_(_ids(wanted.flow_run_id.any_) or ()))
            found.append(line.root_flow_run_id.in_(roots))
    if wanted.level is not None:
        found += [line.level >= _level(wanted.level.ge_)] if wanted.level.ge_ is not None else []
        found += [line.level <= _level(wanted.level.le_)] if wanted.level.le_ is not None else []
    return and_(True, *found)


def _level(number: int) -> int:
    if not 0 <= number <= HIGHEST_LEVEL:
        raise InvalidOption(
            f"{number} is no level of log lines.", subject="level", advice=f"Give one from 0 to {HIGHEST_LEVEL}."
        )
    return number


def micros(when: datetime) -> int:
    """A time without a zone is UTC."""
    return to_us(when if when.tzinfo is not None else when.replace(tzinfo=UTC))


def _fits_few(wanted: FlowRunCriteria | TaskRunCriteria | None) -> bool:
    if wanted is None:
        return False
    named = (wanted.id is not None and wanted.id.any_ is not None) or (
        wanted.name is not None and wanted.name.any_ is not None
    )
    kinds = wanted.state.type.any_ if wanted.state is not None and wanted.state.type is not None else None
    return named or (kinds is not None and TERMINAL.isdisjoint(kinds))


def _in_flow(column: ColumnElement[str], wanted: FlowCriteria | None) -> list[Condition]:
    if wanted is None:
        return []
    name = wanted.name
    if name is not None and name.any_ is not None and wanted == FlowCriteria(name=TextCriterion(any_=name.any_)):
        # Ids are made of names: no table is needed.
        return [column.in_([flow_id(each) for each in _texts(name.any_) or ()])]
    if wanted.id is not None and wanted.id.any_ is not None:
        return [column.in_(select(flow.c.id).where(*_flow(wanted)))]
    return [exists().where(flow.c.id == column, *_flow(wanted))]


def _has_task_runs(wanted: TaskRunCriteria | None) -> list[Condition]:
    found = _task_run(wanted)
    if not found:
        return []
    if _fits_few(wanted):
        return [flow_run.c.id.in_(select(task_run.c.flow_run_id).where(*found))]
    return [exists().where(task_run.c.flow_run_id == flow_run.c.id, *_task_run(wanted, looked_up=True))]


def _flow(wanted: FlowCriteria | None) -> list[Condition]:
    if wanted is None:
        return []
    return [*_id(flow.c.id, wanted.id), *_text(flow.c.name, wanted.name), *_listed_tags(flow.c.tags, wanted.tags)]


def _flow_run(wanted: FlowRunCriteria | None) -> list[Condition]:
    if wanted is None:
        return []
    run = flow_run.c
    tag = flow_run_tag.alias().c
    same_run = (tag.expected_start == run.expected_start, tag.flow_run_id == run.id)
    found = [
        *_id(run.id, wanted.id),
        *_text(run.name, wanted.name),
        *_state(run.state_type, run.state_name, wanted.state),
        *_tags(run.tags, tag.tag, same_run, wanted.tags),
        *_id(run.flow_id, wanted.flow_id),
        *_choice(run.flow_version, wanted.flow_version),
        *_reference(run.deployment_id, wanted.deployment_id),
        *_reference(run.parent_flow_run_id, wanted.parent_flow_run_id),
        *_reference(run.parent_task_run_id, wanted.parent_task_run_id),
        *_reference(run.root_flow_run_id, wanted.root_flow_run_id),
        *_time(run.started, wanted.start_time),
        *_time(run.ended, wanted.end_time),
        *_time(run.expected_start, wanted.expected_start_time),
        *_time(run.next_scheduled_start, wanted.next_scheduled_start_time),
        *_choice(run.idempotency_key, wanted.idempotency_key),
    ]
    if wanted.auto_scheduled is not None and wanted.auto_scheduled.eq_ is not None:
        found.append(run.auto_scheduled.is_(wanted.auto_scheduled.eq_))
    return found


def _task_run(wanted: TaskRunCriteria | None, *, looked_up: bool = False) -> list[Condition]:
    """``looked_up``: among the task runs of one flow run, where the index of state types must not be used."""
    if wanted is None:
        return []
    run, tag = task_run.c, task_run_tag.alias().c
    found = [
        *_id(run.id, wanted.id),
        *_text(run.name, wanted.name),
        *_state(run.state_type.concat("") if looked_up else run.state_type, run.state_name, wanted.state),
        *_tags(run.tags, tag.tag, (tag.task_run_id == run.id,), wanted.tags),
        *_reference(run.flow_run_id, wanted.flow_run_id),
        *_choice(run.task_key, wanted.task_key),
        *_text(run.task_name, wanted.task_name),
        *_time(run.created, wanted.created),
        *_time(run.started, wanted.start_time),
        *_time(run.ended, wanted.end_time),
    ]
    if wanted.subflow_runs is not None and wanted.subflow_runs.exists_ is not None:
        stands_for = run.child_flow_run_id
        found.append(stands_for.is_not(None) if wanted.subflow_runs.exists_ else stands_for.is_(None))
    return found


def _deployment(wanted: DeploymentCriteria | None) -> list[Condition]:
    if wanted is None:
        return []
    found = [
        *_id(deployment.c.id, wanted.id),
        *_text(deployment.c.name, wanted.name),
        *_listed_tags(deployment.c.tags, wanted.tags),
        *_choice(deployment.c.work_queue_name, wanted.work_queue_name),
    ]
    if wanted.paused is not None and wanted.paused.eq_ is not None:
        found.append(deployment.c.paused.is_(wanted.paused.eq_))
    return found


def _id(column: ColumnElement[str], wanted: IdCriterion | None) -> list[Condition]:
    if wanted is None:
        return []
    found = _any(column, _ids(wanted.any_), _ids(wanted.not_any_))
    if wanted.prefix_ is not None:
        found.append(id_begins_with(column, wanted.prefix_))
    return found


def _reference(column: ColumnElement[Any], wanted: ReferenceCriterion | None) -> list[Condition]:
    if wanted is None:
        return []
    return [*_any(column, _ids(wanted.any_), _ids(wanted.not_any_)), *_null(column, wanted.is_null_)]


def _text(column: ColumnElement[str], wanted: TextCriterion | None) -> list[Condition]:
    if wanted is None:
        return []
    found = _any(column, _texts(wanted.any_), _texts(wanted.not_any_))
    if wanted.like_:
        found.append(name_contains(column, clean_text(wanted.like_)))
    if wanted.all_like_:
        if len(wanted.all_like_) > MOST_PARTS:
            raise InvalidOption(
                f"A filter asks for {len(wanted.all_like_)} parts of a name.",
                subject="all_like_",
                advice=f"Ask for at most {MOST_PARTS}.",
            )
        found += [name_contains(column, clean_text(each)) for each in wanted.all_like_]
    if wanted.startswith_:
        found.append(name_begins_with(column, clean_text(wanted.startswith_)))
    return found


def _choice(column: ColumnElement[Any], wanted: ChoiceCriterion | None) -> list[Condition]:
    return [] if wanted is None else _any(column, _texts(wanted.any_), _texts(wanted.not_any_))


def _state(kind: ColumnElement[str], name: ColumnElement[str], wanted: StateCriterion | None) -> list[Condition]:
    if wanted is None:
        return []
    kinds = wanted.type or StateTypeCriterion()
    names = wanted.name or ChoiceCriterion()
    if wanted.operator == "or_" and kinds.any_ is not None and names.any_ is not None:
        # A name of a type that is wanted anyway adds nothing, and one condition keeps an index's order.
        more = [each for each in names.any_ if TYPE_OF_NAME.get(each) not in kinds.any_]
        names = ChoiceCriterion(any_=more or None, not_any_=names.not_any_)
    found = [
        *_any(kind, _texts(kinds.any_), _texts(kinds.not_any_)),
        *_any(name, _texts(names.any_), _texts(names.not_any_)),
    ]
    return [or_(*found)] if wanted.operator == "or_" and found else found


def _tags(
    stored: ColumnElement[str], tag: ColumnElement[str], same_run: Sequence[Condition], wanted: TagCriterion | None
) -> list[Condition]:
    """Of what has a table of tags."""
    if wanted is None:
        return []
    found: list[Condition] = [exists().where(tag == each, *same_run) for each in _texts(wanted.all_) or ()]
    if wanted.any_ is not None:
        found.append(exists().where(tag.in_(_texts(wanted.any_) or ()), *same_run))
    if wanted.is_null_ is not None:
        found.append(stored == "[]" if wanted.is_null_ else stored != "[]")
    return found


def _listed_tags(stored: ColumnElement[str], wanted: TagCriterion | None) -> list[Condition]:
    """Of what has its tags as JSON only."""
    if wanted is None:
        return []

    def has(tag: str) -> Condition:
        return stored.contains(json.encode(tag).decode(), autoescape=True)

    found = [has(each) for each in _texts(wanted.all_) or ()]
    if wanted.any_ is not None:
        found.append(or_(False, *(has(each) for each in _texts(wanted.any_) or ())))
    if wanted.is_null_ is not None:
        found.append(stored == "[]" if wanted.is_null_ else stored != "[]")
    return found


def _time(column: ColumnElement[Any], wanted: TimeCriterion | None) -> list[Condition]:
    if wanted is None:
        return []
    found = _null(column, wanted.is_null_)
    if wanted.after_ is not None:
        found.append(column >= micros(wanted.after_))
    if wanted.before_ is not None:
        found.append(column < micros(wanted.before_))
    return found


def _null(column: ColumnElement[Any], wanted: bool | None) -> list[Condition]:
    return [] if wanted is None else [column.is_(None) if wanted else column.is_not(None)]


def _any(column: ColumnElement[Any], any_: list[str] | None, not_any: list[str] | None) -> list[Condition]:
    found: list[Condition] = []
    if any_ is not None:
        found.append(column.in_(any_))
    if not_any:
        found.append(or_(column.is_(None), column.not_in(not_any)))
    return found


def _ids(wanted: Iterable[UUID] | None) -> list[str] | None:
    return None if wanted is None else _few([str(each) for each in wanted])


def _texts(wanted: Iterable[str] | None) -> list[str] | None:
    return None if wanted is None else _few([clean_text(str(each)) for each in wanted])


def _few(choices: list[str]) -> list[str]:
    if len(choices) > MOST_CHOICES:
        raise InvalidOption(
            f"A filter names {len(choices)} values.", subject="any_", advice=f"Name at most {MOST_CHOICES}."
        )
    return choices


def clean_text(text: str) -> str:
    """Text that every database takes."""
    if "\x00" in text or not _is_unicode(text):
        raise InvalidOption(f"{text!r} contains what no name contains.", advice="Leave out NUL and lone surrogates.")
    return text


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
