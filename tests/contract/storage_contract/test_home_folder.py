"""A home belongs to one user, whatever the umask, and is not used where others may write."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from armillary.cli.commands.administration import profile_file
from armillary.client.connecting import connect
from armillary.core.errors import HomeNotWritable
from armillary.engine.runs.destination import destination
from armillary.home.home_token import home_token
from armillary.home_folder import check_home, make_private, prepare_home
from armillary.ledger.postgresql.home_ledger import open_home
from armillary.testing import temporary_home

OTHER_USER = 65_534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture(params=[0o000, 0o002, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path | str) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def _open(home: str) -> None:
    with open_home(home):
        pass


def _change_profile(_home: str) -> None:
    with profile_file.changing() as profiles:
        profiles.settings["default"]["LOGGING_LEVEL"] = "ERROR"


def _begin_a_run(_home: str) -> None:
    make_private(destination().folder)


def _connect(_home: str) -> None:
    connect().close()


CREATORS: list[Callable[[str], object]] = [_open, _change_profile, _begin_a_run, _connect, home_token, prepare_home]


@pytest.mark.parametrize("create", CREATORS)
def test_whoever_makes_a_home_makes_it_private(create: Callable[[str], object], home: Path, umask: int) -> None:
    create(str(home))
    found = [home, *home.glob("**/*")]
    assert not [(each, oct(mode(each))) for each in found if mode(each) & 0o077]


def test_a_home_of_a_test_is_private(umask: int) -> None:
    with temporary_home():
        assert mode(os.environ["ARMILLARY_HOME"]) == 0o700


@pytest.mark.parametrize("create", CREATORS)
@pytest.mark.parametrize("others", [0o720, 0o702, 0o777], ids=oct)
def test_a_home_that_others_may_write_to_is_refused_with_what_mends_it(
    create: Callable[[str], object], others: int, home: Path
) -> None:
    home.mkdir()
    home.chmod(others)
    with pytest.raises(HomeNotWritable, match=r"Other users may write") as refused:
        create(str(home))
    assert refused.value.advice is not None
    assert os.system(refused.value.advice.rpartition(": ")[2]) == 0
    create(str(home))


@pytest.mark.parametrize("folder", ["journal", "outbox", "projects", "copies", "storage", "results"])
def test_a_folder_in_it_that_others_may_write_to_is_refused(folder: str, home: Path) -> None:
    prepare_home(str(home))
    (home / folder).mkdir()
    check_home(str(home))
    (home / folder).chmod(0o770)
    with pytest.raises(HomeNotWritable, match=folder):
        check_home(str(home))


def test_a_home_that_others_may_only_read_becomes_private(home: Path) -> None:
    home.mkdir()
    home.chmod(0o755)
    check_home(str(home))
    assert mode(home) == 0o700


@as_root
@pytest.mark.parametrize("folder", ["", "projects", "results"])
def test_a_home_of_another_user_is_refused(folder: str, home: Path) -> None:
    prepare_home(str(home))
    (home / folder).mkdir(exist_ok=True)
    os.chown(home / folder, OTHER_USER, -1)
    with pytest.raises(HomeNotWritable, match="belongs to another user"):
        check_home(str(home))


@as_root
def test_a_link_of_another_user_is_not_followed_to_a_home(home: Path, tmp_path: Path) -> None:
    prepare_home(str(home))
    link = tmp_path / "link"
    link.symlink_to(home)
    check_home(str(link))
    os.chown(link, OTHER_USER, -1, follow_symlinks=False)
    with pytest.raises(HomeNotWritable, match="belongs to another user"):
        check_home(str(link))


def test_every_missing_folder_above_a_private_one_is_private(umask: int, tmp_path: Path) -> None:
    make_private(str(tmp_path / "a" / "b" / "c"))
    assert [mode(tmp_path / each) for each in ("a", "a/b", "a/b/c")] == [0o700] * 3
    make_private(str(tmp_path / "a" / "b"))


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(OSError):
        make_private(str(tmp_path / "a" / "b"))
    with pytest.raises(HomeNotWritable):
        prepare_home(str(tmp_path / "a"))
