"""What users test their flows with."""

from __future__ import annotations

import os

import pytest

from armillary import flow
from armillary.errors import InvalidSetting
from armillary.testing import temporary_home


@flow
def answer() -> int:
    return 42


def test_a_temporary_home_holds_what_ran_in_it_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARMILLARY_HOME", "/nowhere")
    with temporary_home(LOGGING_LEVEL="WARNING") as client:
        assert os.environ["ARMILLARY_LOGGING_LEVEL"] == "WARNING"
        folder = os.environ["ARMILLARY_HOME"]
        assert answer() == 42
        [run] = client.flow_runs().items
        assert (run.flow_name, run.state_type) == ("answer", "COMPLETED")
    assert os.environ["ARMILLARY_HOME"] == "/nowhere"
    assert "ARMILLARY_LOGGING_LEVEL" not in os.environ
    assert not os.path.exists(folder)


def test_an_unknown_setting_is_refused_before_anything_changes() -> None:
    with pytest.raises(InvalidSetting, match="LOGING"), temporary_home(LOGING_LEVEL="INFO"):
        pass
