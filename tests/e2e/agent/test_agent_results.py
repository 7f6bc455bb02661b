"""Results of deployed runs: shared among runs of a deployment, signed with its key, and read back by who may run it."""

from __future__ import annotations

import pytest

from .conftest import Project


@pytest.mark.parametrize("served", [False, True])
def test_what_a_deployed_run_kept_is_signed_for_its_deployment_and_read_back(project: Project, served: bool) -> None:
    if served:
        project("server", "start", "--background", "--port", "0")
    try:
        project.deployed().agent()
        run = project.ended(project.run("staging/by-hand", n=5))
        assert run.state_type == "COMPLETED"
        assert project("result", "get", "first-0", "-r", run.name).stdout == "5\n"
        [kept] = (project.home / "results" / "results").iterdir()
        kept.write_bytes(kept.read_bytes().replace(b'"signature":"', b'"signature":"0'))
        assert "not signed" in project("result", "get", "first-0", "-r", run.name, code=2).stderr
    finally:
        if served:
            project("server", "stop")
