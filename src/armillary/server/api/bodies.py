"""What request bodies and parameters are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Path, Query
from msgspec import json
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic.dataclasses import dataclass as as_pydantic
from pydantic_core import PydanticCustomError

from armillary.core import criteria
from armillary.core.criteria import Criteria, TextCriterion

LARGEST_PAGE = 1000
_MOST_MISTAKES = 100
_FIRST_FEW = 40


def _storable(value: Any) -> Any:
    """JSON allows lone surrogates; what must be told again cannot have them."""
    try:
        json.encode(value)
    except (UnicodeEncodeError, OverflowError, RecursionError, TypeError, ValueError):
        raise ValueError("holds a lone surrogate, or is nested too deeply") from None
    return value


def _plain(text: str) -> str:
    _storable(text)
    if "\x00" in text:
        raise ValueError("holds a NUL")
    return text


def _utc(when: datetime) -> datetime:
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


Json = Annotated[Any, AfterValidator(_storable)]
JsonObject = Annotated[dict[str, Any], AfterValidator(_storable)]
Text = Annotated[str, Field(max_length=10_000), AfterValidator(_plain)]
Written = Annotated[str, Field(max_length=10_000), AfterValidator(_storable)]
"""What a program wrote, which may hold anything."""

Name = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_plain)]
Tags = Annotated[list[Name], Field(max_length=100)]

Moment = Annotated[datetime, AfterValidator(_utc)]
"""A time without a zone is UTC."""

IdText = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$")]
"""A UUID in a body."""

Id = Annotated[UUID, Path(description="A UUID.")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Most records on a page.")]
After = Annotated[
    str | None, Query(max_length=2000, description="`after` of the page before; left out: the first page.")
]


class Body(BaseModel):
    """Unknown fields are refused. Of very many mistakes those at the beginning are told: to tell a hundred thousand takes seconds."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="wrap")
    @classmethod
    def _with_few_mistakes(cls, value: Any, validated: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return validated(value)
        except ValidationError as problem:
            many = problem.error_count()
            if many <= _MOST_MISTAKES:
                raise
        validated(_beginning(value))
        raise PydanticCustomError("too_many_mistakes", "holds {many} mistakes", {"many": many})


def _beginning(value: Any) -> Any:
    """As it is, with the first few of every list and object."""
    if isinstance(value, dict):
        return {name: _beginning(each) for name, each in islice(value.items(), _FIRST_FEW)}
    return [_beginning(each) for each in value[:_FIRST_FEW]] if isinstance(value, list) else value


# Many bodies have these: as dataclasses of pydantic's own they are analysed once, and not for each body.


@as_pydantic
class FlowCriteria(criteria.FlowCriteria):
    pass


@as_pydantic
class FlowRunCriteria(criteria.FlowRunCriteria):
    pass


@as_pydantic
class TaskRunCriteria(criteria.TaskRunCriteria):
    """``subflow_runs``: whether the task run stands for a subflow run."""


@as_pydantic
class DeploymentCriteria(criteria.DeploymentCriteria):
    pass


class Narrowed(Body):
    """Criteria of any noun; all must hold."""

    flows: FlowCriteria | None = None
    flow_runs: FlowRunCriteria | None = None
    task_runs: TaskRunCriteria | None = None
    deployments: DeploymentCriteria | None = None

    def criteria(self) -> Criteria:
        return Criteria(
            flows=self.flows, flow_runs=self.flow_runs, task_runs=self.task_runs, deployments=self.deployments
        )


class NameFilter(Body):
    name: TextCriterion | None = None


class NamedListing(Body):
    """``after`` is that of the page before."""

    name: TextCriterion | None = None
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 200
    after: Annotated[str, Field(max_length=2000)] | None = None


class Listing(Narrowed):
    """``after`` is that of the page before."""

    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 200
    after: Annotated[str, Field(max_length=2000)] | None = None
