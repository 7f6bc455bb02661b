"""Ignore files, as git reads them."""

from __future__ import annotations

import pytest

from armillary.stores.ignoring import is_ignored, rules


@pytest.mark.parametrize(
    ("pattern", "ignored", "kept"),
    [
        ("*.csv", ["a.csv", "deep/er/a.csv"], ["a.csv.gz", "csv"]),
        ("/a.csv", ["a.csv"], ["deep/a.csv"]),
        ("data/raw", ["data/raw"], ["x/data/raw", "data/rawer"]),
        ("**/logs", ["logs", "a/b/logs"], ["logs2"]),
        ("logs/**", ["logs/a", "logs/a/b"], ["logs"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a/xb"]),
        ("file?.txt", ["file1.txt"], ["file10.txt", "file/.txt"]),
        ("file[0-9].txt", ["file1.txt"], ["filex.txt"]),
        ("file[!0-9].txt", ["filex.txt"], ["file1.txt"]),
        (r"\#notes", ["#notes"], ["notes"]),
        ("# a comment", [], ["# a comment"]),
        ("trailing   ", ["trailing"], ["trailing   "]),
        ("[broken", ["[broken"], ["b"]),
        ("", [], ["a"]),
    ],
)
def test_a_pattern_fits_what_it_fits_for_git(pattern: str, ignored: list[str], kept: list[str]) -> None:
    given = rules(pattern)
    assert [path for path in ignored if not is_ignored(path, given, folder=False)] == []
    assert [path for path in kept if is_ignored(path, given, folder=False)] == []


def test_a_slash_at_the_end_means_folders() -> None:
    given = rules("build/")
    assert is_ignored("build", given, folder=True)
    assert is_ignored("deep/build", given, folder=True)
    assert is_ignored("build", given, folder=False) is None


def test_the_last_pattern_that_fits_decides() -> None:
    given = rules("*.csv\n!small.csv\n")
    assert is_ignored("big.csv", given, folder=False) is True
    assert is_ignored("small.csv", given, folder=False) is False
    assert is_ignored("other.txt", given, folder=False) is None
