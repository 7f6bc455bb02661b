"""What an agent or a server knows does not reach the runs that it starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from armillary import settings
from armillary.agent.flow_runners.environment import for_runs

from .conftest import Project

LOOKS = """
import json, os
from armillary import flow

def read(path):
    try:
        with open(path, "rb") as file:
            return file.read().decode(errors="replace")
    except OSError:
        return ""

@flow
def looks(n: int = 3):
    with open("looked", "w") as file:
        json.dump({"environment": dict(os.environ), "above": read(f"/proc/{os.getppid()}/environ"),
                   "command": read(f"/proc/{os.getppid()}/cmdline"), "own": read("/proc/self/environ")}, file)
"""
HUSH = "hush-hush-hush-hush-hush"


def test_a_run_finds_no_secret_in_its_environment_nor_in_its_agents(project: Project) -> None:
    (project.folder / "main.py").write_text(LOOKS)
    (project.folder / "deployments.py").write_text(
        "from armillary.deployments import DeploymentSpec\n"
        "DeploymentSpec(name='by-hand', flow_name='looks', flow_location='./main.py')\n"
    )
    project("deployment", "create", "deployments.py")
    project.environment |= {
        "ARMILLARY_SECRET_KEY": HUSH,
        "ARMILLARY_AGENT_KEEPS": "VAULT_TOKEN, CLOUD_*",
        "VAULT_TOKEN": HUSH,
        "CLOUD_KEY": HUSH,
        "VAULT_ADDRESS": "http://vault",
        "ARMILLARY_API_KEY": HUSH,
    }
    agent = project.agent()
    project.ended(project.run("looks/by-hand"), "COMPLETED")
    looked = json.loads((project.folder / "looked").read_text())
    assert HUSH not in json.dumps(looked["environment"])
    assert looked["environment"]["VAULT_ADDRESS"] == "http://vault"
    assert HUSH not in looked["command"]
    if os.path.isdir("/proc/self"):
        assert HUSH not in looked["above"]
        assert "ARMILLARY_SECRET_KEY=*" in looked["above"] or os.geteuid() != 0
        assert "ARMILLARY_PROCESS=" in looked["own"], "a run's own /proc is as any process's"
        found = Path(f"/proc/{agent.pid}/environ")
        assert found.stat().st_uid == 0, "the kernel gives what is not to be dumped to root"


def test_a_server_hides_its_secrets_as_an_agent_does(home: Path) -> None:
    if not os.path.isdir("/proc/self"):
        pytest.skip("there is no /proc")
    code = (
        "import os; from armillary.own_process import hide_secrets; hide_secrets();"
        "print(os.environ['ARMILLARY_SECRET_KEY']); print(open('/proc/self/environ', 'rb').read())"
    )
    environment = {**os.environ, "ARMILLARY_SECRET_KEY": HUSH, "ARMILLARY_SECRET_KEY_HINT": "hint"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    said = done.stdout.splitlines()
    assert said[0] == HUSH
    if len(said) > 1:  # as root; else even the process itself is refused
        assert HUSH not in said[1]
        assert "ARMILLARY_SECRET_KEY_HINT=hint" in said[1]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"ARMILLARY_SECRET_KEY": HUSH}, {}),
        ({"ARMILLARY_API_KEY": HUSH}, {}),
        (
            {"ARMILLARY_DATABASE_URL": f"postgresql://me:{HUSH}@host/runs?sslmode=require&sslpassword={HUSH}"},
            {"ARMILLARY_DATABASE_URL": "postgresql://me@host/runs?sslmode=require"},
        ),
        (
            {"ARMILLARY_DATABASE_URL": f"postgresql://me:{HUSH}@host/runs", "ARMILLARY_API_URL": "http://host/api"},
            {"ARMILLARY_API_URL": "http://host/api"},
        ),
        ({"ARMILLARY_AGENT_KEEPS": "A_*,B", "A_1": HUSH, "B": HUSH, "BB": "x"}, {"BB": "x"}),
    ],
)
def test_what_a_run_is_given(
    given: dict[str, str], told: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    found = for_runs()
    assert HUSH not in "".join(found.values())
    assert {**found, **told} == found
    assert found["ARMILLARY_HOME"] == str(home)


def test_every_secret_setting_is_withheld(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = [each for each in settings.SETTINGS.values() if each.secret]
    assert {each.name for each in secret} >= {"API_KEY", "DATABASE_URL", "SECRET_KEY"}
    for each in secret:
        monkeypatch.setenv(settings.PREFIX + each.name, HUSH)
    assert HUSH not in settings.without_secrets().values()
