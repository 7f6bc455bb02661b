"""The profile file is written as the settings read it, and never half."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from armillary import settings
from armillary.cli.commands.administration.profile_file import Profiles, bare, changing, read, text
from armillary.core.errors import InvalidSetting

TEXTS = some.text(some.characters(exclude_categories=["Cs"]))


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARMILLARY_HOME", str(tmp_path))
    monkeypatch.delenv("ARMILLARY_PROFILE", raising=False)


@given(TEXTS, some.dictionaries(TEXTS, some.dictionaries(some.text("ABC_Z09", min_size=1), TEXTS)))
def test_every_name_and_value_survives_the_file(active: str, entries: dict[str, dict[str, str]]) -> None:
    table = tomllib.loads(text(Profiles(active, entries)))
    assert table["active"] == active
    found = {
        name: {bare(key): value for key, value in each.items()} for name, each in table.get("profiles", {}).items()
    }
    assert found == entries


def test_a_change_is_what_the_settings_then_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARMILLARY_CANCEL_GRACE_SECONDS", raising=False)
    with changing() as profiles:
        profiles.settings["ci"] = {"CANCEL_GRACE_SECONDS": "30"}
        profiles.active = "ci"
    assert settings.get("CANCEL_GRACE_SECONDS") == 30.0
    assert settings.text_and_source("CANCEL_GRACE_SECONDS")[1] == "profile 'ci'"


def test_a_change_that_fails_halfway_changes_nothing() -> None:
    with changing() as profiles:
        profiles.settings["ci"] = {"DURABILITY": "disk"}
    with pytest.raises(RuntimeError), changing() as profiles:
        profiles.settings.clear()
        raise RuntimeError
    assert read().settings["ci"] == {"DURABILITY": "disk"}


def test_only_the_owner_may_read_it_for_it_may_hold_a_token() -> None:
    with changing() as profiles:
        profiles.settings["default"]["API_KEY"] = "secret"
    assert os.stat(settings.profiles_path()).st_mode & 0o077 == 0


def test_a_misspelt_name_in_it_can_be_read_and_taken_away() -> None:
    Path(settings.profiles_path()).write_text('[profiles.default]\nARMILLARY_LOGGIN_LEVEL = "INFO"\n')
    with pytest.raises(InvalidSetting):
        settings.get("LOGGING_LEVEL")
    with changing() as profiles:
        del profiles.settings["default"]["LOGGIN_LEVEL"]
    assert settings.get("LOGGING_LEVEL") == 20


def test_a_broken_file_is_named_and_left_as_it_is() -> None:
    path = Path(settings.profiles_path())
    path.write_text("active = \n")
    with pytest.raises(InvalidSetting, match=r"profiles\.toml"), changing():
        raise AssertionError("never entered")
    assert path.read_text() == "active = \n"


def test_comments_of_people_stay_in_a_copy_that_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(settings.profiles_path())
    written = '# for the night runs\n[profiles.default]\n  # loud\nARMILLARY_LOGGING_LEVEL = "DEBUG"\n'
    path.write_text(written)
    with changing() as profiles:
        profiles.settings["default"]["DURABILITY"] = "disk"
    assert path.with_name("profiles.toml.commented").read_text() == written
    assert "profiles.toml.commented" in capsys.readouterr().err
    with changing() as profiles:
        profiles.settings["default"]["DURABILITY"] = "process"
    assert capsys.readouterr().err == ""
