"""Files that specify deployments, in Python and YAML: what is wrong in them is named, before anything is made."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from armillary.client.in_process.client import InProcessClient
from armillary.core.errors import ArmillaryError, FileRaised
from armillary.sdk.deployments.project_upload import Located, locate
from armillary.sdk.deployments.spec_files import specs_in

FLOWS = """
from armillary import flow


@flow(name="staging")
def staging(n: int = 3) -> int:
    return n


@flow
def needing(n: int) -> int:
    return n
"""
ANYTHING = """
from armillary import flow


@flow
def anything(given): ...
"""
CALLED = 0


def located(folder: Path, client: InProcessClient, name: str, text: str) -> list[Located]:
    """As ``armillary deployment create --dry-run`` would have it. Each call has a flow file of its own, as modules are kept."""
    global CALLED
    CALLED += 1
    (folder / f"flows{CALLED}.py").write_text(FLOWS)
    (folder / "broken.py").write_text("import nowhere_module\n")
    (folder / name).write_text(text.replace("main.py", f"flows{CALLED}.py"))
    specs, beside = specs_in(str(folder / name))
    return [locate(client, each.prepared(beside)) for each in specs]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "defines no deployment"),
        ('D(name="a/b", flow_location="main.py")', "slash"),
        ('D(name="a")', "needs a flow"),
        ('D(name="a", flow_location="nowhere.py")', "no file"),
        ('D(name="a", flow_location="main.py")', "2 flows: needing, staging"),
        ('D(name="a", flow_location="main.py", flow_name="stagin")', "staging"),
        ('D(name="a", flow_location="main.py", flow_name="staging", parameters={"m": 1})', "no parameter 'm'"),
        ('D(name="a", flow_location="main.py", flow_name="staging", parameters={"n": "many"})', "'n' got 'many'"),
        ('D(name="a", flow_location="main.py", flow_name="needing", schedule=C("0 9 * * *"))', "needs 'n'"),
        ('D(name="a", flow_location="main.py", flow_name="staging", on_collision="queue")', "enqueue"),
        ('D(name="a", flow_location="main.py", flow_name="staging", shedule=C("0 9 * * *"))', "'schedule'"),
        ('D(name="a", flow_location="main.py", flow_name="staging", schedule=C("0 0 31 2 *"))', "never fires"),
        (
            'D(name="a", flow_location="main.py", flow_name="staging", schedule=R("FREQ=DAILY;UNTIL=20200101"))',
            "never fires again",
        ),
        (
            'D(name="a", flow_location="main.py", flow_name="staging", flow_runner=S(virtualenv="a", condaenv="b"))',
            "one environment",
        ),
        ('D(name="a", flow_location="main.py", flow_name="staging", flow_storage="nowhere")', "no storage 'nowhere'"),
        ('D(name="a", flow_location="main.py", flow_name="staging", tags="ml")', "a list or set of texts"),
        ('D(name="a", flow_location="main.py", flow_name="staging", schedule="0 9 * * *")', "CronSchedule"),
        ('D(name="a", flow_location="main.py", flow_name="staging", schedules=C("0 9 * * *"))', "a list of schedules"),
        ('D(name="a", flow_location="main.py", flow_name="staging", flow_runner="docker")', "SubprocessFlowRunner"),
        ('D(name="a", flow_location="main.py", flow_name="staging", concurrency_limit=0)', "pause the deployment"),
        ('D(name="a", flow_location="main.py", flow_name="staging", parameters=[1])', "by parameter name"),
        ('D(name="a", flow_location="main.py", flow_name="staging", parameters={1: 2})', "by parameter name"),
        ('D(name="a", flow_location="main.py", flow_name="staging", parameters={"n": [object()]})', "type 'object'"),
        ('D(name="a", flow="main.py")', "decorated with @flow"),
        ('D(name="a", flow_location="main.py", cron="0 9 * * *")', "schedule=CronSchedule"),
        ('D(name="a", flow_location="main.py", work_pool_name="p")', "Give work_queue"),
        ('D(name="a", flow_location="broken.py")', "No module named 'nowhere_module'"),
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("D(name=", "SyntaxError"),
    ],
)
def test_a_python_file_that_is_wrong_is_refused(
    tmp_path: Path, ledger: InProcessClient, source: str, says: str
) -> None:
    imports = (
        "from armillary.deployments import DeploymentSpec as D\n"
        "from armillary.flow_runners import SubprocessFlowRunner as S\n"
        "from armillary.schedules import CronSchedule as C, RRuleSchedule as R\n"
    )
    with pytest.raises(ArmillaryError) as raised:
        located(tmp_path, ledger, "wrong.py", imports + source)
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "defines no deployment"),
        ("deployments: [", "not valid YAML"),
        ("deployments: {a: 1}", "no list"),
        ("- 5", "deployment 1 has no keys"),
        ("- {name: a, flow_locaton: main.py}", "Did you mean 'flow_location'"),
        ("- {flow_location: main.py}", "no name"),
        ("- {name: a, flow_location: main.py, flow_name: staging, tags: ml}", "deployment 1: tags='ml'"),
        ("- {name: a, flow_location: main.py, flow_name: staging, flow_runner: {type: kubernets}}", "no flow runner"),
        (
            "- {name: a, flow_location: main.py, flow_name: staging, flow_runner: {type: subprocess, env: {A: 1}}}",
            "in quotes",
        ),
        ("- {name: a, flow_location: main.py, flow_name: staging, schedule: {cron: '61 * * * *'}}", "deployment 1"),
        ("- {name: a, flow_location: nowhere.py}", "no file"),
        ("- {name: a, flow_location: main.py, flow_name: staging, flow_storage: nowhere}", "no storage 'nowhere'"),
    ],
)
def test_yaml_that_is_wrong_is_refused_with_the_place(
    tmp_path: Path, ledger: InProcessClient, text: str, says: str
) -> None:
    with pytest.raises(ArmillaryError) as raised:
        located(tmp_path, ledger, "wrong.yaml", text)
    assert says in str(raised.value)


def test_what_a_file_raises_is_told_from_its_own_first_line_on(tmp_path: Path, ledger: InProcessClient) -> None:
    with pytest.raises(FileRaised) as raised:
        located(tmp_path, ledger, "wrong.py", "\ndef inner():\n    1 / 0\n\ninner()\n")
    cause = raised.value.__cause__
    assert isinstance(cause, ZeroDivisionError)
    traceback = cause.__traceback__
    assert traceback is not None
    assert traceback.tb_frame.f_code.co_filename == str(tmp_path / "wrong.py")


def test_parameters_are_kept_as_json_says_them(tmp_path: Path, ledger: InProcessClient) -> None:
    (tmp_path / "anything.py").write_text(ANYTHING)
    [found] = located(
        tmp_path,
        ledger,
        "spec.py",
        "from datetime import date\n"
        "from pathlib import Path\n"
        "from pydantic import BaseModel\n"
        "from armillary.deployments import DeploymentSpec\n"
        "class Rows(BaseModel):\n"
        "    day: date\n"
        "given = {'rows': [Rows(day=date(2026, 1, 1))], 'path': Path('/data'), 'day': date(2026, 1, 1)}\n"
        'DeploymentSpec(name="a", flow_location=Path("anything.py"), parameters={"given": given})\n',
    )
    assert found.deployment.parameters == {
        "given": {"rows": [{"day": "2026-01-01"}], "path": "/data", "day": "2026-01-01"}
    }


@pytest.mark.parametrize("line", ["from .rows import ROWS", "from night_package.rows import ROWS"])
def test_a_flow_of_a_package_is_kept_with_its_package(tmp_path: Path, ledger: InProcessClient, line: str) -> None:
    package = tmp_path / "project" / "night_package"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "rows.py").write_text("ROWS = 3\n")
    (package / "flows.py").write_text(f"{line}\n{ANYTHING}")
    for name in [each for each in sys.modules if each.startswith("night_package")]:
        del sys.modules[name]
    text = f"- {{name: a, flow_location: {package / 'flows.py'}, flow_name: anything}}"
    [found] = located(tmp_path, ledger, "spec.yaml", text)
    assert found.deployment.entrypoint == "night_package/flows.py:anything"
    assert found.project is not None
    assert sorted(each.path for each in found.project.files) == [
        f"night_package/{name}" for name in ("__init__.py", "flows.py", "rows.py")
    ]


def test_what_flow_storage_may_be(tmp_path: Path, ledger: InProcessClient) -> None:
    block = ledger.save_storage_block("models", "local", {"storage_path": str(tmp_path / "store")})
    for words in (f'"{block.id}"', '"models"', 'load("models")'):
        [found] = located(
            tmp_path,
            ledger,
            "deployments.py",
            "from armillary.deployments import DeploymentSpec\nfrom armillary.storage import load\n"
            f'DeploymentSpec(name="a", flow_location="main.py", flow_name="staging", flow_storage={words})',
        )
        assert found.deployment.storage_block_id == block.id
