"""A server that has moved: what was recorded for its old address finds its ledger at the new one."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import ServedHome
from .test_server_remote_runs import RUN, Elsewhere


@pytest.fixture
def elsewhere(served: ServedHome, tmp_path: Path) -> Elsewhere:
    served.start()
    return Elsewhere(served, tmp_path)


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[ServedHome]:
    """Another server, with a ledger of its own."""
    (tmp_path / "stranger").mkdir()
    home = ServedHome(tmp_path / "stranger" / "home")
    home.start()
    yield home
    if home.process is not None:
        home.stop(signal.SIGKILL)


def states(served: ServedHome) -> list[str]:
    return [run["state_type"] for run in served.ask("POST", "/flow_runs/filter", {}).json()["items"]]


def ran_in_vain(elsewhere: Elsewhere, *, known: bool) -> str:
    """A run that the server at the old address does not get to the end of; whether that server is ``known`` by then."""
    if known:
        elsewhere.start(RUN, "2").communicate("go\n", timeout=120)
        assert elsewhere.journals == []
    process = elsewhere.start(RUN, "20") if known else None
    elsewhere.served.stop(signal.SIGKILL)
    process = process or elsewhere.start(RUN, "20")
    _, said = process.communicate("go\n", timeout=120)
    assert elsewhere.journals, said
    return f"{elsewhere.url}/api"


def moves(elsewhere: Elsewhere, to: ServedHome) -> None:
    elsewhere.url, elsewhere.token = to.url, to.token


@pytest.mark.parametrize("known", [True, False], ids=["known", "never reached"])
@pytest.mark.parametrize("by", ["the command", "the next run"])
def test_a_ledger_at_another_address_gets_what_was_recorded_for_it(
    served: ServedHome, elsewhere: Elsewhere, known: bool, by: str
) -> None:
    ran_in_vain(elsewhere, known=known)
    served.start()
    moves(elsewhere, served)
    if by == "the command":
        assert "1 journals shipped" in elsewhere.armillary("journal", "ship").stderr
    else:
        elsewhere.start(RUN, "2").communicate("go\n", timeout=120)
    assert elsewhere.journals == []
    assert set(states(served)) == {"COMPLETED"} and len(states(served)) == known + 1 + (by == "the next run")


@pytest.mark.parametrize("by", ["the command", "the next run"])
def test_another_ledger_does_not_get_it_and_it_is_said_what_to_type(
    elsewhere: Elsewhere, stranger: ServedHome, by: str
) -> None:
    old = ran_in_vain(elsewhere, known=True)
    moves(elsewhere, stranger)
    if by == "the command":
        with pytest.raises(subprocess.CalledProcessError) as failed:
            elsewhere.armillary("journal", "ship")
        said = failed.value.stderr
    else:
        _, said = elsewhere.start(RUN, "2").communicate("go\n", timeout=120)
    assert f"ARMILLARY_API_URL={old} armillary journal ship" in said and f"journal ship --from {old}" in said
    assert elsewhere.journals and states(stranger) == ["COMPLETED"] * (by == "the next run")
    elsewhere.armillary("journal", "ship", "--from", old)
    assert elsewhere.journals == [] and states(stranger)[0] == "COMPLETED"


def test_another_server_at_the_old_address_does_not_get_what_the_new_address_has_the_ledger_of(
    served: ServedHome, elsewhere: Elsewhere, stranger: ServedHome
) -> None:
    port = served.url.rpartition(":")[2]
    ran_in_vain(elsewhere, known=True)
    stranger.stop()
    stranger.start("--port", port)
    served.start()
    moves(elsewhere, served)
    elsewhere.armillary("journal", "ship")
    assert elsewhere.journals == [] and states(stranger) == [] and states(served) == ["COMPLETED"] * 2


def test_a_server_that_is_away_again_loses_nothing(served: ServedHome, elsewhere: Elsewhere) -> None:
    ran_in_vain(elsewhere, known=True)
    served.start()
    moves(elsewhere, served)
    served.stop(signal.SIGKILL)
    with pytest.raises(subprocess.CalledProcessError):
        elsewhere.armillary("journal", "ship")
    served.start("--port", elsewhere.url.rpartition(":")[2])
    elsewhere.armillary("journal", "ship")
    assert elsewhere.journals == [] and set(states(served)) == {"COMPLETED"}


def test_an_address_nothing_was_recorded_for_is_said(elsewhere: Elsewhere) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        elsewhere.armillary("journal", "ship", "--from", "http://127.0.0.1:1/api")
    assert "http://127.0.0.1:1/api" in failed.value.stderr and failed.value.returncode == 3
