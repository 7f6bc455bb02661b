"""Plain columns: everything is there, nothing is cut, and every line has as many cells as the first."""

from __future__ import annotations

import io
import sys

import pytest

from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.exits import code_for_error, code_for_state
from armillary.cli.terminal.messages import complain, confirm
from armillary.cli.terminal.output import plain, print_json
from armillary.core.errors import Ambiguous, ArmillaryError, LedgerUnavailable, NotFound, UsageError
from armillary.core.states import CANCELLED, COMPLETED, CRASHED, FAILED, StateType

COLUMNS = [
    Column[tuple[str, str]]("Id", lambda pair: pair[0]),
    Column[tuple[str, str]]("Last run", lambda pair: pair[1], shown=lambda pair: "shortened"),
]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    long = "0190163d-8694-739b-aea5-966c26f8ad91"
    assert plain([(long, "x"), ("1", "y")], COLUMNS).splitlines() == [
        f"{'ID':36}  LAST_RUN",
        f"{long}  x",
        f"{'1':36}  y",
    ]


def test_an_empty_cell_is_a_dash_and_a_line_break_a_space() -> None:
    assert plain([("", "two\nlines")], COLUMNS).splitlines()[1] == "-   two lines"


def test_what_would_steer_the_terminal_is_spelled_out() -> None:
    assert plain([("\x1b[2J", "ü☃\a")], COLUMNS).splitlines()[1] == r"\x1b[2J  ü☃\x07"


def test_a_terminal_too_narrow_loses_its_expendable_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    from armillary.cli.terminal.terminal import print_table

    columns = [Column[str]("Id", lambda text: text * 30, expendable=True), Column[str]("Name", lambda text: text * 10)]
    shown = {}
    for width in (30, 80):
        monkeypatch.setenv("COLUMNS", str(width))
        screen = io.StringIO()
        monkeypatch.setattr(sys, "stdout", screen)
        print_table(["x"], columns)
        shown[width] = screen.getvalue()
    assert "Id" not in shown[30]
    assert "x" * 10 in shown[30]
    assert "x" * 30 in shown[80]


def test_a_message_is_cut_before_an_id_is_lost_for_it_and_lost_when_nothing_of_it_can_be_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from armillary.cli.terminal.terminal import print_table

    columns = [
        Column[str]("Id", lambda text: text * 36, expendable=True),
        Column[str]("Name", lambda text: text * 10),
        Column[str]("Message", lambda text: text * 500, expendable=True),
    ]
    titles = {}
    for width in (80, 40, 20):
        monkeypatch.setenv("COLUMNS", str(width))
        screen = io.StringIO()
        monkeypatch.setattr(sys, "stdout", screen)
        print_table(["x"], columns)
        titles[width] = screen.getvalue().split()[:3]
    assert titles[80] == ["Id", "Name", "Message"]
    assert titles[40][:2] == ["Name", "Message"]
    assert titles[20][0] == "Name" and "Message" not in titles[20]


def test_ids_are_whole_on_the_narrowest_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from armillary.cli.terminal.terminal import print_table

    monkeypatch.setenv("COLUMNS", "50")
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stdout", screen)
    columns = [Column[str]("time", lambda text: text * 30), Column[str]("run id", lambda text: text * 36)]
    print_table(["x"], columns)
    assert "x" * 36 in screen.getvalue()


def test_json_has_the_names_of_the_records_fields(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    print_json([{"state_type": StateType.FAILED, "name": "müde"}])
    assert capfdbinary.readouterr().out.decode() == '[\n  {\n    "state_type": "FAILED",\n    "name": "müde"\n  }\n]\n'


def test_an_error_is_told_on_stderr_with_its_advice_below(capsys: pytest.CaptureFixture[str]) -> None:
    complain(NotFound("There is no flow run 'x'.", advice="Did you mean 'y'?"))
    out, err = capsys.readouterr()
    assert (out, err) == ("", "error: There is no flow run 'x'.\nhint: Did you mean 'y'?\n")


def test_where_nobody_can_answer_the_flag_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(UsageError, match="--yes"):
        confirm("Delete it?", yes=False)
    confirm("Delete it?", yes=True)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "nonsense\n"])
def test_only_a_clear_yes_is_a_yes(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    with pytest.raises(SystemExit) as ended:
        confirm("Delete it?", yes=False)
    assert ended.value.code == 1
    monkeypatch.setattr(sys, "stdin", Terminal("Yes\n"))
    confirm("Delete it?", yes=False)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound("x"), 3),
        (Ambiguous("x"), 2),
        (UsageError("x"), 2),
        (LedgerUnavailable("x"), 1),
    ],
)
def test_exit_codes_tell_whose_fault_it_was(error: ArmillaryError, code: int) -> None:
    assert code_for_error(error) == code


@pytest.mark.parametrize(("kind", "code"), [(COMPLETED, 0), (FAILED, 1), (CRASHED, 1), (CANCELLED, 4)])
def test_exit_codes_tell_how_the_run_ended(kind: StateType, code: int) -> None:
    assert code_for_state(kind) == code
