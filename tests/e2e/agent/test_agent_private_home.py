"""Nobody but its owner gets at a home that an agent and its runs fill, whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

import pytest

from .conftest import Project


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_all_that_an_agent_and_its_runs_leave_in_a_home_is_its_owners_alone(no_umask: None, project: Project) -> None:
    project.created()
    project.agent()
    project.ended(project.run("staging/by-hand"), "COMPLETED")
    project("config", "set", "ARMILLARY_LOGGING_LEVEL=ERROR")
    project("deployment", "execute", "staging/by-hand")
    found = [project.home, *project.home.glob("**/*")]
    copies = project.home / "copies"
    modes = {
        str(each.relative_to(project.home)): oct(stat.S_IMODE(each.lstat().st_mode))
        for each in found
        if each.lstat().st_mode & 0o077 and (copies not in each.parents or each.name == ".lock")
    }
    assert not modes
    assert {each.name for each in found} >= {"journal", "projects", "copies", "storage", "results", "profiles.toml"}


def test_an_agent_does_not_run_code_from_a_home_that_others_may_write_to(project: Project) -> None:
    project.created()
    (project.home / "projects").mkdir(exist_ok=True)
    (project.home / "projects").chmod(0o777)
    refused = project("agent", "start", code=1)
    assert f"chmod -R go-w {project.home}" in refused.stderr
    (project.home / "projects").chmod(0o700)
    project.agent()
