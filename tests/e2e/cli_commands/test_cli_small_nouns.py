"""Variables and concurrency limits from the command line."""

from __future__ import annotations

from .conftest import Armillary


def test_variables_are_set_got_listed_and_unset(armillary: Armillary) -> None:
    armillary("variable", "set", "rate", "1.08", "--tag", "money")
    armillary("variable", "set", "name", "just text")
    armillary("variable", "set", "zip", "01234", "--text")
    armillary("variable", "set", "piped", "-", given='{"a": [1]}')
    assert armillary("variable", "get", "rate").out == "1.08\n"
    assert armillary("variable", "get", "name").out == "just text\n"
    assert armillary("variable", "get", "zip").out == "01234\n"
    assert armillary("variable", "get", "piped", "-o", "json").json["value"] == {"a": [1]}
    assert [each["name"] for each in armillary("variable", "ls", "-o", "json").json] == ["name", "piped", "rate", "zip"]
    armillary("variable", "unset", "rate")
    assert "Did you mean" not in armillary("variable", "get", "rate", code=3).out


def test_a_variable_that_is_not_there_is_told_with_the_nearest(armillary: Armillary) -> None:
    assert "armillary variable set" in armillary("variable", "ls").err
    armillary("variable", "set", "exchange_rate", "1")
    assert "Did you mean 'exchange_rate'?" in armillary("variable", "get", "exchange_rat", code=3).err


def test_limits_are_created_listed_inspected_and_deleted(armillary: Armillary) -> None:
    assert "concurrency-limit create" in armillary("concurrency-limit", "ls").err
    armillary("concurrency-limit", "create", "gpu", "2")
    armillary("concurrency-limit", "create", "gpu", "3")
    assert [(each["tag"], each["slots"]) for each in armillary("concurrency-limit", "ls", "-o", "json").json] == [
        ("gpu", 3)
    ]
    assert "Slots  3" in armillary("concurrency-limit", "inspect", "gpu").out
    armillary("concurrency-limit", "delete", "gpu")
    armillary("concurrency-limit", "inspect", "gpu", code=3)
    armillary("concurrency-limit", "create", "gpu", "-1", code=2)


def test_searches_are_saved_listed_inspected_and_deleted(armillary: Armillary) -> None:
    assert "saved-search save" in armillary("saved-search", "ls").err
    armillary("saved-search", "save", "red", "fr.state:failed")
    armillary("saved-search", "save", "red", "fr.state:failed|crashed")
    [saved] = armillary("saved-search", "ls", "-o", "json").json
    assert (saved["name"], saved["definition"]) == ("red", {"filter": "fr.state:failed|crashed"})
    assert "fr.state:failed|crashed" in armillary("saved-search", "inspect", saved["id"]).out
    assert "Did you mean 'red'?" in armillary("saved-search", "delete", "rad", code=3).err
    armillary("saved-search", "delete", "red")
    assert armillary("saved-search", "ls", "-o", "json").json == []


def test_artifacts_are_listed_and_shown(armillary: Armillary) -> None:
    assert "armillary.artifacts" in armillary("artifact", "ls").err
    script = armillary.folder / "publishing.py"
    script.write_text(
        "from armillary import flow, artifacts\n\n@flow\ndef publishing():\n"
        "    artifacts.create_markdown_artifact('# one', key='report')\n    artifacts.create_markdown_artifact('# two', key='report')\n"
    )
    run = armillary.ran("publishing.py:publishing")
    assert len(armillary("artifact", "ls", "--flow-run", run["name"], "-o", "json").json) == 2
    [newest] = armillary("artifact", "ls", "--latest", "-o", "json").json
    assert armillary("artifact", "inspect", newest["id"]).out == "# two\n"
    assert armillary("artifact", "inspect", newest["id"], "-o", "json").json["key"] == "report"
    armillary("artifact", "inspect", "none", code=3)


def test_what_is_made_is_told_as_json_too(armillary: Armillary) -> None:
    assert armillary("variable", "set", "rate", "1.5", "-o", "json").json["value"] == 1.5
    assert armillary("concurrency-limit", "create", "gpu", "2", "-o", "json").json["slots"] == 2
    assert armillary("saved-search", "save", "red", "fr.state:failed", "-o", "json").json["name"] == "red"


def test_a_deployment_whose_queue_is_not_there_is_made_with_a_warning(armillary: Armillary) -> None:
    spec = "from armillary.deployments import DeploymentSpec\n"
    spec += 'DeploymentSpec(name="kept", flow_location="flows.py", flow_name="keeper", work_queue="ml")\n'
    (armillary.folder / "deployments.py").write_text(spec)
    assert "Create it: armillary work-queue create ml" in armillary("deployment", "create", "deployments.py").err
    armillary("work-queue", "create", "ml")
    assert "warning" not in armillary("deployment", "create", "deployments.py").err
