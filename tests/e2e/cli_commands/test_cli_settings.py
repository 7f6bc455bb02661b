"""Settings and profiles from the command line, and the doctor who knows what is wrong with them."""

from __future__ import annotations

import pytest

from .conftest import Armillary


def value_and_source(armillary: Armillary, name: str, given: str = "") -> tuple[str, str]:
    """``given`` is the environment's value."""
    shown = armillary("config", "view", "-o", "json", ARMILLARY_DRAIN_SECONDS=given).json
    return next((each["value"], each["source"]) for each in shown if each["name"] == name)


def test_what_is_set_counts_until_it_is_unset(armillary: Armillary) -> None:
    name = "ARMILLARY_DRAIN_SECONDS"
    assert value_and_source(armillary, name) == ("10", "default")
    armillary("config", "set", "drain_seconds=3")
    assert value_and_source(armillary, name) == ("3", "profile 'default'")
    assert value_and_source(armillary, name, "4") == ("4", "environment")
    assert "wins" in armillary("config", "set", "DRAIN_SECONDS=5", ARMILLARY_DRAIN_SECONDS="4").err
    armillary("config", "unset", name)
    assert value_and_source(armillary, name) == ("10", "default")
    assert "does not set" in armillary("config", "unset", name, code=3).err


@pytest.mark.parametrize(
    ("assignment", "told"),
    [
        ("DRAIN_SECOND=3", "Did you mean 'ARMILLARY_DRAIN_SECONDS'?"),
        ("DRAIN_SECONDS=soon", "ARMILLARY_DRAIN_SECONDS='soon'"),
        ("DRAIN_SECONDS=inf", "a number of seconds, 0 or more"),
        ("TASK_RUNNER_MAX_WORKERS=0", "a whole number, 1 or more"),
        ("API_URL=server:4200/api", "the server's whole address"),
        ("DURABILITY=paper", "process, disk"),
        ("DRAIN_SECONDS", "NAME=VALUE"),
        ("HOME=/tmp", "environment"),
    ],
)
def test_what_cannot_be_set_is_told_and_nothing_is_written(armillary: Armillary, assignment: str, told: str) -> None:
    assert told in armillary("config", "set", assignment, code=2).err
    assert not (armillary.home / "profiles.toml").exists()


def test_secrets_are_masked_unless_asked_for(armillary: Armillary) -> None:
    said = armillary("config", "set", "API_KEY=hush")
    assert "hush" not in said.err + armillary("config", "view").out + armillary("profile", "inspect", "default").out
    assert "hush" in armillary("config", "view", "--show-secrets").out


def test_a_secret_is_taken_from_standard_input(armillary: Armillary) -> None:
    assert "ARMILLARY_API_KEY=-" in armillary("config", "set", "API_KEY=typed").err, "how to keep it out of the history"
    said = armillary("config", "set", "API_KEY=-", "DRAIN_SECONDS=3", given="hush\n")
    assert "hush" not in said.err and "history" not in said.err
    shown = armillary("config", "view", "--show-secrets", "-o", "json").json
    assert next(each["value"] for each in shown if each["name"] == "ARMILLARY_API_KEY") == "hush"
    for assignments, given, told in (
        (["API_KEY=-"], "", "no value for ARMILLARY_API_KEY"),
        (["API_KEY=-"], "two\nlines\n", "more than one line"),
        (["DRAIN_SECONDS=-"], "soon\n", "ARMILLARY_DRAIN_SECONDS='soon' (from standard input)"),
        (["API_KEY=-", "SECRET_KEY=-"], "hush\n", "Only one value"),
    ):
        assert told in armillary("config", "set", *assignments, given=given, code=2).err


def test_profiles_come_into_use_and_go(armillary: Armillary) -> None:
    armillary("config", "set", "DRAIN_SECONDS=3")
    armillary("profile", "create", "ci", "--from", "default")
    armillary("profile", "use", "ci")
    armillary("config", "set", "DRAIN_SECONDS=1")
    shown = {each["name"]: each for each in armillary("profile", "ls", "-o", "json").json}
    assert shown["ci"] == {"name": "ci", "active": True, "settings": {"ARMILLARY_DRAIN_SECONDS": "1"}}
    assert shown["default"]["settings"] == {"ARMILLARY_DRAIN_SECONDS": "3"}
    assert "in use" in armillary("profile", "delete", "ci", "--yes", code=2).err
    armillary("profile", "use", "default")
    assert "--yes" in armillary("profile", "delete", "ci", code=2).err
    armillary("profile", "delete", "ci", "--yes")
    assert "There is no profile 'ci'" in armillary("profile", "inspect", "ci", code=3).err


def test_the_doctor_finds_nothing_wrong_with_a_new_home(armillary: Armillary) -> None:
    assert "All is well" in armillary("doctor").err
    assert not armillary.home.exists()
    armillary.ran("flows.py:greet", "-p", "name=x")
    (armillary.home / "journal" / "of-one-that-died.jnl.tmp").touch()
    assert {each["verdict"] for each in armillary("doctor", "-o", "json").json} == {"good"}
    assert list((armillary.home / "journal").iterdir()) == []


def test_the_doctor_names_each_fault_with_its_mend(armillary: Armillary) -> None:
    armillary.home.mkdir()
    (armillary.home / "profiles.toml").write_text('[profiles.default]\nARMILLARY_LOGGIN_LEVEL = "INFO"\n')
    said = armillary("doctor", code=1, ARMILLARY_DURABILTY="disk").out
    assert "ARMILLARY_DURABILTY, which nothing reads" in said
    assert "Did you mean 'ARMILLARY_DURABILITY'?" in said
    assert "armillary config unset ARMILLARY_LOGGIN_LEVEL" in said
    armillary("config", "unset", "ARMILLARY_LOGGIN_LEVEL")
    armillary("doctor", code=0)
    said = armillary("doctor", code=1, ARMILLARY_DRAIN_SECONDS="soon").out
    assert "      unset ARMILLARY_DRAIN_SECONDS" in said


def test_the_doctor_sees_a_damaged_database_and_a_damaged_journal(armillary: Armillary) -> None:
    armillary.home.mkdir()
    (armillary.home / "journal").mkdir()
    (armillary.home / "journal" / "0190163d-8694-739b-aea5-966c26f8ad91.jnl").write_bytes(b"\xff" * 64)
    said = armillary("doctor", code=1).out
    assert "0190163d-8694-739b-aea5-966c26f8ad91" in said
    for end in ("-wal", "-shm"):
        (armillary.home / f"ledger.db{end}").unlink(missing_ok=True)
    (armillary.home / "ledger.db").write_bytes(b"no database at all" * 100)
    said = armillary("doctor", code=1).out
    assert "database reset" in said


def test_a_home_that_cannot_be_written_is_named_with_the_way_out(armillary: Armillary) -> None:
    place = str(armillary.flows / "home")
    for command in (["doctor"], ["flow-run", "ls"], ["config", "set", "DRAIN_SECONDS=1"], ["run", "flows.py:greet"]):
        said = armillary(*command, code=1, ARMILLARY_HOME=place)
        assert "set ARMILLARY_HOME" in said.out + said.err
        assert "Traceback" not in said.err
