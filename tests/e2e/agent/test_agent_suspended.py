"""Deployed runs that give up their process until somebody answers."""

from __future__ import annotations

from .conftest import Project


def test_a_suspended_run_gives_its_place_up_and_goes_on_with_the_answer(project: Project) -> None:
    project.deployed().agent("--limit", "1")
    run_id = project.run("approved/by-hand")
    waiting = project.ended(run_id, "PAUSED")
    assert (waiting.state_name, waiting.attempt) == ("Suspended", 1)
    assert project.ended(project.run("staging/by-hand")).state_type == "COMPLETED"  # the only place is free
    told = project("flow-run", "resume", run_id, "--input-json", '"many"', code=2).stderr
    assert "not of type" in told
    assert '"integer"' in told
    project("flow-run", "resume", run_id, "--input-json", "4")
    run = project.ended(run_id)
    assert (run.state_type, run.attempt) == ("COMPLETED", 2)
    assert (project.folder / "firsts").read_text() == "x" * 2  # its own once, and that of the other run


def test_a_suspended_run_of_a_script_goes_on_in_the_command_that_resumes_it(project: Project) -> None:
    project("run", "main.py:approved", code=0)
    [run] = project.json("flow-run", "ls")
    assert run["state_name"] == "Suspended"
    assert "integer" in project("flow-run", "inspect", run["id"]).stdout
    project("flow-run", "resume", run["id"], "--input-json", "1")
    [run] = project.json("flow-run", "ls")
    assert (run["state_type"], run["attempt"]) == ("COMPLETED", 2)


def test_over_a_server_a_paused_run_is_resumed(project: Project) -> None:
    project("server", "start", "--background", "--port", "0")
    try:
        project.deployed().agent()
        run_id = project.run("slow/by-hand")
        project.begun()
        project("flow-run", "pause", run_id)
        assert project.ended(run_id, "PAUSED").state_name == "Paused"
        (project.folder / "go").touch()  # its body ends, and the run does not
        project("flow-run", "resume", run_id)
        assert project.ended(run_id).state_type == "COMPLETED"
    finally:
        project("server", "stop")
