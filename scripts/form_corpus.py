"""Sixty pydantic models with a value each, for the test of the web app's forms: ``python scripts/form_corpus.py``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AnyUrl, BaseModel, Field, create_model

TARGET = Path(__file__).resolve().parent.parent / "ui" / "src" / "forms" / "corpus.json"

Loss = Literal["rmse", "mae"]


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Level(IntEnum):
    LOW = 1
    HIGH = 9


class Point(BaseModel):
    x: float
    y: float = 0.0


class Tree(BaseModel):
    name: str
    children: list[Tree] = []


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    tricks: list[str] = []


FIELDS: list[tuple[str, Any, Any]] = [
    ("text", str, "hello"),
    ("empty text", str, ""),
    ("text with quotes", str, 'say "hi" \\ there'),
    ("many lines", Annotated[str, Field(max_length=5000)], "one\ntwo"),
    ("right to left", str, "שלום"),
    ("text like a number", str, "007"),
    ("text like JSON", str, '{"a": 1}'),
    ("whole", int, 42),
    ("negative", int, -3),
    ("zero", int, 0),
    ("bounded", Annotated[int, Field(ge=1, le=10)], 7),
    ("number", float, 2.5),
    ("small number", float, 1e-9),
    ("switch on", bool, True),
    ("switch off", bool, False),
    ("maybe text", str | None, "here"),
    ("no text", str | None, None),
    ("maybe whole", int | None, 5),
    ("no whole", int | None, None),
    ("maybe switch", bool | None, False),
    ("literal", Literal["yes", "no"], "no"),
    ("literal of numbers", Literal[1, 2, 3], 2),
    ("literal of one", Literal["only"], "only"),
    ("mixed literal", Literal["auto", 3, True], 3),
    ("enum", Colour, "green"),
    ("whole enum", Level, 9),
    ("maybe enum", Colour | None, None),
    ("moment", datetime, datetime(2022, 6, 15, 3, 51, tzinfo=UTC).isoformat()),
    ("day", date, "2022-06-15"),
    ("time", time, "03:51:00"),
    ("length", timedelta, "P3DT4H"),
    ("identity", UUID, "0181fc10-0000-7000-8000-000000000001"),
    ("address", AnyUrl, "https://example.org/a?b=c"),
    ("decimal", Decimal, "12.50"),
    ("list of text", list[str], ["a", "b"]),
    ("empty list", list[int], []),
    ("list of numbers", list[float], [1.5, -2.0]),
    ("list of lists", list[list[int]], [[1], [2, 3]]),
    ("pair", tuple[int, str], [1, "x"]),
    ("set", set[int], [1, 2]),
    ("mapping", dict[str, int], {"a": 1}),
    ("empty mapping", dict[str, Any], {}),
    ("deep mapping", dict[str, dict[str, list[int]]], {"a": {"b": [1]}}),
    ("model", Point, {"x": 1.0, "y": 2.0}),
    ("maybe model", Point | None, {"x": 1.0, "y": 2.0}),
    ("no model", Point | None, None),
    ("list of models", list[Point], [{"x": 1.0, "y": 0.0}]),
    ("recursive model", Tree, {"name": "root", "children": [{"name": "leaf", "children": []}]}),
    ("one of two models", Cat | Dog, {"kind": "dog", "tricks": ["sit"]}),
    ("told apart", Annotated[Cat | Dog, Field(discriminator="kind")], {"kind": "cat", "lives": 7}),
    ("text or number", str | int, "7"),
    ("number or text", int | str, 7),
    ("anything", Any, {"what": ["ever", 1, None]}),
    ("anything null", Any, None),
    ("bytes", bytes, "raw"),
    ("described", Annotated[str, Field(description="Which one it is.", title="Which")], "that"),
    ("with a pattern", Annotated[str, Field(pattern="^[a-z]+$")], "abc"),
    ("with a default", Annotated[int, Field(default=3)], 4),
]


def cases() -> Iterator[dict[str, Any]]:
    for name, annotation, value in FIELDS:
        model = create_model("Case", it=(annotation, ...))
        yield {"name": name, "schema": model.model_json_schema(), "value": {"it": value}}
    staging = create_model(
        "Staging",
        train_path=(str, ...),
        valid_path=(str, ...),
        num_xgb_runs=(int, 3),
        loss=(Loss, "rmse"),
        weights=(dict[str, float], {}),
    )
    value = {
        "train_path": "./a.parquet",
        "valid_path": "./b.parquet",
        "num_xgb_runs": 10,
        "loss": "mae",
        "weights": {"x": 0.5},
    }
    yield {"name": "many fields", "schema": staging.model_json_schema(), "value": value}
    yield {"name": "no fields", "schema": create_model("Nothing").model_json_schema(), "value": {}}


if __name__ == "__main__":
    TARGET.write_text(json.dumps(list(cases()), ensure_ascii=False, indent=1, sort_keys=True) + "\n")
