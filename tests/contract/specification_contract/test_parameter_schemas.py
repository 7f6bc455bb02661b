"""What the form of a flow's parameters begins with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from pydantic import BaseModel

from armillary import flow
from armillary.sdk.deployments.parameter_schema import parameter_schema


class Loss(Enum):
    RMSE = "rmse"
    MAE = "mae"


class Model(BaseModel):
    depth: int = 12
    loss: Loss = Loss.RMSE


@dataclass
class Split:
    parts: list[int] = field(default_factory=lambda: [8, 2])


def defaults(fn: Any) -> dict[str, Any]:
    properties = parameter_schema(flow(fn))["properties"]
    return {name: each["default"] for name, each in properties.items() if "default" in each}


def test_whatever_json_can_say_is_what_a_form_begins_with() -> None:
    def train(
        runs: int = 10,
        loss: Loss = Loss.MAE,
        model: Model = Model(depth=3),  # noqa: B008
        split: Split = Split(),  # noqa: B008
        since: date = date(2022, 6, 15),
        config: dict[str, Any] = {"rows": [1, 2]},  # noqa: B006
        tags: set[str] = {"ml"},  # noqa: B006
        note: str | None = None,
        rest: Any = (1, 2),
    ) -> None: ...

    assert defaults(train) == {
        "runs": 10,
        "loss": "mae",
        "model": {"depth": 3, "loss": "rmse"},
        "split": {"parts": [8, 2]},
        "since": "2022-06-15",
        "config": {"rows": [1, 2]},
        "tags": ["ml"],
        "note": None,
    }


def test_what_json_cannot_say_the_same_is_left_to_the_flow() -> None:
    class Odd:
        def __eq__(self, other: object) -> Any:
            raise ValueError

    def train(
        odd: Any = Odd(),  # noqa: B008
        make: Any = print,
        huge: list[int] = list(range(10_000)),  # noqa: B006
        pair: Any = (1, 2),
        strict: object = object(),
    ) -> None: ...

    assert defaults(train) == {}
