"""The error tree."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest

from armillary import errors as public
from armillary.core import errors
from armillary.core.secret import Secret

ALL = [each for _name, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, errors.ArmillaryError)]


@pytest.mark.parametrize("kind", ALL)
def test_an_error_says_what_whose_fault_and_what_next_and_survives_a_pipe(kind: type[errors.ArmillaryError]) -> None:
    error = kind("It broke.", subject="it", advice="Mend it.")
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.subject, copy.fault) == ("It broke. Mend it.", "it", error.fault)
    assert error.fault in ("you", "the world")


def test_the_picture_of_the_tree_is_the_tree() -> None:
    drawn = re.findall(r"(?:─ )(\w+)", errors.__doc__ or "")
    assert sorted([*drawn, "ArmillaryError"]) == sorted(each.__name__ for each in ALL)


def test_every_error_can_be_caught_by_its_public_name() -> None:
    assert {each.__name__ for each in ALL} <= set(public.__all__)


def test_a_near_miss_is_named_and_a_far_one_gets_the_list() -> None:
    assert "retries" in (errors.did_you_mean("retrys", ["retries", "name"]) or "")
    assert "name" in (errors.did_you_mean("zzz", ["retries", "name"]) or "")


def test_a_secret_shows_itself_to_nobody_but_who_asks() -> None:
    secret = Secret("s3cret")
    assert "s3cret" not in f"{secret} {secret!r} {[secret]}"
    assert secret.get() == "s3cret"
    assert secret == Secret("s3cret") != Secret("other")
