"""What stands in arguments: every object is visited once, and futures arrive as values wherever a container can be rebuilt."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque
from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from functools import partial
from threading import Event
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple

import pytest
from msgspec import Struct
from pydantic import BaseModel, ConfigDict

from armillary import FutureList, allow_failure, flow, quote, task, unmapped
from armillary.client.in_process.client import InProcessClient
from armillary.errors import FutureMisuse, InvalidParameters
from armillary.task_runners import ProcessTaskRunner

from .work import one, same

pytestmark = pytest.mark.usefixtures("home")


class Names(list[Any]):
    pass


class Table(dict[str, Any]):
    pass


class Row(NamedTuple):
    left: Any
    right: Any = 2


@dataclass
class Seeded:
    value: Any
    seed: InitVar[int] = 0

    def __post_init__(self, seed: int) -> None:
        self.made_with = seed


@dataclass(frozen=True, slots=True)
class Frozen:
    value: Any


@dataclass
class Made:
    given: Any
    made: Any = field(init=False, default=None)


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")
    value: Any


class Packed(Struct):
    value: Any


@dataclass(eq=False)
class Node:
    value: Any
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)


def seen(value: Any) -> Any:
    """What a task is given in place of ``value``, as something that can be compared."""

    @task
    def look(given: Any) -> Any:
        return given

    @flow
    def above() -> Any:
        return look(value(one())).result()

    return above()


CONTAINERS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], Any]] = {
    "list": (lambda u: [u], lambda got: got, [1]),
    "list subclass": (lambda u: Names([u]), lambda got: (type(got), got), (Names, [1])),
    "tuple": (lambda u: (u, 0), lambda got: got, (1, 0)),
    "named tuple": (Row, lambda got: got, Row(1)),
    "set": (lambda u: {u}, lambda got: got, {1}),
    "frozenset": (lambda u: frozenset([u]), lambda got: got, frozenset([1])),
    "deque": (lambda u: deque([0, u], maxlen=2), lambda got: (got, got.maxlen), (deque([0, 1]), 2)),
    "dict": (lambda u: {"a": u}, lambda got: got, {"a": 1}),
    "dict key": (lambda u: {u: "a"}, lambda got: got, {1: "a"}),
    "key inside a tuple": (lambda u: {(u, "x"): "a"}, lambda got: got, {(1, "x"): "a"}),
    "dict subclass": (lambda u: Table(a=u), lambda got: (type(got), got), (Table, {"a": 1})),
    "defaultdict": (lambda u: defaultdict(list, a=u), lambda got: (got, got.default_factory), ({"a": 1}, list)),
    "OrderedDict": (lambda u: OrderedDict(a=0, b=u), lambda got: list(got.items()), [("a", 0), ("b", 1)]),
    "OrderedDict key": (lambda u: OrderedDict({u: 0}), lambda got: (type(got), list(got)), (OrderedDict, [1])),
    "Counter": (lambda u: Counter(a=u), lambda got: (type(got), got["a"]), (Counter, 1)),
    "values": (lambda u: {"a": u}.values(), list, [1]),
    "keys": (lambda u: {u: 0}.keys(), list, [1]),
    "items": (lambda u: {u: [u]}.items(), list, [(1, [1])]),
    "values in order": (lambda u: OrderedDict(a=u).values(), list, [1]),
    "mapping proxy": (lambda u: MappingProxyType({"a": u}), lambda got: (type(got), got["a"]), (MappingProxyType, 1)),
    "iterator": (lambda u: iter([0, u]), list, [0, 1]),
    "started iterator": (lambda u: next_of(iter([0, u])), list, [1]),
    "zip": (lambda u: zip([u], "a", strict=True), list, [(1, "a")]),
    "map": (lambda u: map(str, [u]), list, ["1"]),
    "partial": (lambda u: partial(max, u, key=u), lambda got: (got.args, got.keywords), ((1,), {"key": 1})),
    "UserDict": (lambda u: UserDict(a=u), dict, {"a": 1}),
    "UserList": (lambda u: UserList([u]), list, [1]),
    "ChainMap": (lambda u: ChainMap({}, {"a": u}), dict, {"a": 1}),
    "namespace": (lambda u: SimpleNamespace(a=u), lambda got: got.a, 1),
    "dataclass with InitVar": (lambda u: Seeded(u, 7), lambda got: (got.value, got.made_with), (1, 7)),
    "frozen dataclass with slots": (Frozen, lambda got: got, Frozen(1)),
    "field that is no argument": (lambda u: with_made(Made(0), u), lambda got: got.made, 1),
    "pydantic model": (
        lambda u: Loose.model_construct(value=u, more=[u]),
        lambda got: got.model_dump(),
        {"value": 1, "more": [1]},
    ),
    "struct": (Packed, lambda got: got.value, 1),
    "list of futures": (lambda u: FutureList([u]), lambda got: (type(got), got), (list, [1])),
    "allow_failure around": (lambda u: [allow_failure([u])], lambda got: got, [[1]]),
}


def next_of(iterator: Any) -> Any:
    next(iterator)
    return iterator


def with_made(made: Made, value: Any) -> Made:
    made.made = value
    return made


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_future_arrives_as_its_value_in_every_container(container: str) -> None:
    make, as_seen, expected = CONTAINERS[container]
    assert as_seen(seen(make)) == expected


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_container_without_futures_is_passed_as_the_same_object(container: str) -> None:
    make, _, _ = CONTAINERS[container]
    if container in ("list of futures", "allow_failure around"):
        return
    given = make(1)
    assert seen(lambda _future: given) is given


def twice(value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = [value, value]
    return value


def test_an_object_that_stands_in_many_places_is_visited_once_and_stays_shared() -> None:
    got = seen(lambda u: twice([u], 200))
    assert got[0] is got[1]
    while isinstance(got, list):
        got = got[0]
    assert got == 1


def test_a_structure_may_be_deeper_than_the_interpreter_recurses() -> None:
    def nested(value: Any) -> Any:
        for _ in range(20_000):
            value = [value]
        return value

    got = seen(nested)
    while isinstance(got, list):
        got = got[0]
    assert got == 1


def test_cycles_are_rebuilt_as_cycles() -> None:
    def tree(u: Any) -> Node:
        root = Node(u)
        root.children = [Node(0, root), Node(u, root)]
        return root

    def loop(u: Any) -> Any:
        inner: list[Any] = [u]
        outer = (inner, u)
        inner.append(((outer,), outer))
        return outer

    def dicts(u: Any) -> Any:
        d: dict[str, Any] = {"u": u}
        d["self"] = [d, {"up": d}]
        return d

    root = seen(tree)
    assert [root.value, *(child.value for child in root.children)] == [1, 0, 1]
    assert all(child.parent is root for child in root.children)
    pair = seen(loop)
    assert pair[1] == pair[0][0] == 1 and pair[0][1][0][0] is pair and pair[0][1][1] is pair
    d = seen(dicts)
    assert d["u"] == 1 and d["self"][0] is d and d["self"][1]["up"] is d


@task
def paired(left: Any, right: Any) -> Any:
    return right


@flow
def takes(value: Any) -> int:
    return len(value)


CYCLIC: list[Any] = []
CYCLIC.append(CYCLIC)


@pytest.mark.parametrize("value", [CYCLIC, twice([1], 200)], ids=["cycle", "shared"])
@pytest.mark.parametrize(
    "use",
    [
        lambda value: same(value).wait(),
        lambda value: same.map([value, value]).wait(),
        lambda value: paired.map([1], unmapped(value)).wait(),
        lambda value: same(1, wait_for=[value]).wait(),
        lambda value: takes(value),
        lambda value: takes.submit(value).wait(),
        lambda value: takes(value=value),
    ],
)
def test_no_way_of_passing_a_value_visits_it_more_than_once(use: Callable[[Any], Any], value: Any) -> None:
    @flow
    def above() -> int:
        use(value)
        return 1

    assert above() == 1


def test_flow_parameters_with_shared_structure_or_cycles_are_recorded_by_their_type(ledger: InProcessClient) -> None:
    assert takes(twice([1], 200)) == 2
    assert takes(CYCLIC) == 1
    assert takes(twice([1], 2)) == 2
    told = [run.parameters["value"] for run in ledger.flow_runs().items]
    assert sorted(told, key=str) == ["<list>", "<list>", [[[1], [1]], [[1], [1]]]]


def test_a_flow_that_returns_a_cycle_around_futures_returns_it_with_values() -> None:
    @flow
    def above() -> Any:
        found: list[Any] = [one()]
        found.append(found)
        return found

    got = above()
    assert got[0] == 1 and got[1] is got


def test_futures_in_containers_reach_subflows_mapped_runs_and_other_processes() -> None:
    @flow(task_runner=ProcessTaskRunner(max_workers=1))
    def elsewhere() -> Any:
        return same({"a": {"b": one()}.values()}["a"] and [{one(): 1}]).result()

    @flow
    def above() -> Any:
        nested = Names([{"a": one()}.values()])
        return (
            list(as_given(nested)[0]),
            same.map([{one(): 2}, {3: one()}]).result(),
            as_given.submit({one(): 4}).result(),
        )

    assert above() == ([1], [{1: 2}, {3: 1}], {1: 4})
    assert elsewhere() == [{1: 1}]


@flow
def as_given(value: Any) -> Any:
    return value


class Holder:
    def __init__(self, held: Any) -> None:
        self.held = held


def test_a_future_in_an_object_that_cannot_be_rebuilt_rejects_the_call_and_is_located() -> None:
    @flow
    def above() -> Any:
        future = one()
        with pytest.raises(FutureMisuse, match=r"value\['a'\]\[0\]\.held is the future of 'one-0'.*quote"):
            same({"a": [Holder(future)]})
        held: Any = same(quote(Holder(future))).result()
        assert held.held is future
        return future.result()

    assert above() == 1


@pytest.mark.parametrize(
    ("make", "place", "reason"),
    [
        (lambda: {"a": [{same(1): "x", same(1): "y"}]}, r"value\['a'\]\[0\]", "two of its keys have the same value"),
        (lambda: [{same([1])}], r"value\[0\]", "unhashable"),
    ],
)
def test_a_container_that_cannot_hold_the_values_fails_its_task_and_is_located(
    make: Callable[[], Any], place: str, reason: str
) -> None:
    @flow
    def above() -> str:
        with pytest.raises(InvalidParameters, match=f"{place}.*{reason}"):
            same(make()).result()
        return "located"

    assert above() == "located"


def test_an_object_below_allow_failure_and_elsewhere_must_complete() -> None:
    @flow
    def above() -> list[str]:
        failed = [fails()]
        futures = [
            same([allow_failure(failed), failed]),
            same([failed, allow_failure(failed)]),
            same(allow_failure(failed)),
        ]
        for future in futures:
            future.wait()
        return [future.state.name for future in futures]

    assert above() == ["NotReady", "NotReady", "Completed"]


@task
def fails() -> None:
    raise ValueError("never")


@task
def waits_for(gate: Event) -> bool:
    return gate.wait(60)


def test_a_future_that_is_added_after_the_call_is_not_taken_for_a_value() -> None:
    @flow
    def above() -> str:
        first, second = Event(), Event()
        values: list[Any] = [waits_for(first)]
        outcome = same(values)
        values.append(waits_for(second))
        first.set()
        with pytest.raises(FutureMisuse, match="after the call"):
            outcome.result()
        second.set()
        return "noticed"

    assert above() == "noticed"


PROGRAM = """
import sys
from dataclasses import dataclass
from typing import Any
from armillary import flow, task

@dataclass(init=False)
class Endless:
    following: Any

    def __getattr__(self, name):
        if name != "following":
            raise AttributeError(name)
        return Endless()

@task
def t(x):
    return 1

@flow(timeout_seconds=float(sys.argv[1]))
def f():
    print("searching", flush=True)
    t(Endless())

f()
"""


@pytest.mark.parametrize(
    ("timeout", "numbers"),
    [(1.0, []), (1000.0, [signal.SIGINT]), (1000.0, [signal.SIGTERM])],
    ids=["timeout", "Ctrl-C", "SIGTERM"],
)
def test_the_search_through_an_argument_is_interrupted_like_user_code(
    timeout: float, numbers: list[signal.Signals]
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(timeout)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None and process.stdout.readline() == "searching\n"
        for number in numbers:
            process.send_signal(number)
        process.communicate(timeout=60)
        assert process.returncode != 0
    finally:
        process.kill()
