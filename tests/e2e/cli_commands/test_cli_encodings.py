"""Every command that shows something does so in a stream of any encoding: what it cannot say is escaped, JSON stays JSON."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from armillary.cli.application import NOUNS

from .conftest import Armillary

ODD = "rün ✓ 漢字 🚀"
LOCALE_OF_C: dict[str, Any] = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

FILL = f"""
import sys
from armillary import artifacts, flow, get_run_logger, task
from armillary.cli import main

ODD = {ODD!r}

@task(name=ODD, tags=[ODD], persist_result=True)
def step(value):
    get_run_logger().warning(ODD)
    raise ValueError(ODD)

@flow(name=ODD, flow_run_name=ODD, description=ODD)
def odd(value):
    artifacts.create_markdown_artifact(ODD, key="odd", description=ODD)
    step(value)
    return 1

odd(ODD, return_state=True)

@flow(flow_run_name="kept", persist_result=True)
def kept():
    return ODD

kept()

for words in (
    ["variable", "set", "odd", ODD, "--tag", ODD],
    ["saved-search", "save", ODD, ODD],
    ["concurrency-limit", "create", ODD, "3"],
    ["work-queue", "create", ODD, "--tag", ODD],
    ["deployment", "create", "deployed.py"],
    ["deployment", "run", ODD + "/" + ODD],
    ["notification", "create", ODD, "--target", "https://example.org/x", "--template", ODD],
    ["profile", "create", "odd"],
):
    sys.argv = ["armillary", *words]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, words
"""

DEPLOYED = f"""
from armillary.deployments import DeploymentSpec
DeploymentSpec(name={ODD!r}, flow_location="./flows.py", flow_name="named", tags=[{ODD!r}], description={ODD!r})
"""

READING = [
    ["run", "flows.py:named"],
    ["flow", "ls"],
    ["flow-run", "ls"],
    ["flow-run", "inspect", ODD],
    ["flow-run", "logs", ODD],
    ["flow-run", "logs", ODD, "--follow"],
    ["flow-run", "watch", ODD],
    ["task-run", "ls"],
    ["task-run", "inspect", ODD + "-0"],
    ["result", "get", "kept"],
    ["variable", "ls"],
    ["variable", "get", "odd"],
    ["artifact", "ls"],
    ["saved-search", "ls"],
    ["saved-search", "inspect", ODD],
    ["notification", "ls"],
    ["concurrency-limit", "ls"],
    ["concurrency-limit", "inspect", ODD],
    ["storage", "ls"],
    ["deployment", "ls"],
    ["deployment", "inspect", f"{ODD}/{ODD}"],
    ["schedule", "preview", "90m"],
    ["work-queue", "ls"],
    ["work-queue", "inspect", ODD],
    ["work-queue", "preview", ODD],
    ["agent", "ls"],
    ["journal", "ls"],
    ["server", "status"],
    ["token", "ls"],
    ["config", "view"],
    ["profile", "ls"],
    ["database", "info"],
    ["doctor"],
    ["version"],
    ["--help"],
    ["flow-run", "inspect", "no " + ODD],  # an error, and what names it
    ["flow-run", "ls", "--state", ODD],
    ["flow-run", "ls", "--" + ODD],
]

READ = """
import io, json, sys, traceback
from armillary.cli import main

found = []
encoding = sys.argv[1]
for words in json.loads(sys.argv[2]):
    out, err = io.BytesIO(), io.BytesIO()
    streams = sys.stdout, sys.stderr = tuple(io.TextIOWrapper(each, encoding=encoding) for each in (out, err))
    sys.argv = ["armillary", *words]
    try:
        main()
    except SystemExit:
        pass
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush(), sys.stderr.flush()
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    # Help and usage errors are click's, which writes UTF-8 where it finds ASCII.
    found.append([words, *(each.getvalue().decode(encoding, "replace") for each in (out, err))])
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Armillary:
    made = Armillary(tmp_path_factory.mktemp("odd") / "home")
    with made.flows.open("a") as file:
        file.write(f"\n\n@flow(name={ODD!r}, description={ODD!r})\ndef named() -> str:\n    return {ODD!r}\n")
    (made.folder / "deployed.py").write_text(DEPLOYED)
    python(made, FILL)
    return made


def python(of: Armillary, code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=of.folder, env=of.environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8", "utf-16"])
def test_what_an_encoding_cannot_say_is_escaped(odd: Armillary, encoding: str) -> None:
    found = json.loads(python(odd, READ, encoding, json.dumps(READING)))
    assert [words for words, _, _ in found] == READING
    for words, out, err in found:
        assert "Traceback" not in err, (words, err)
        assert out or err, words
    shown = {" ".join(words): out for words, out, _ in found}
    name = ODD.encode(encoding, "backslashreplace").decode(encoding)
    for words in ("flow-run ls", f"flow-run inspect {ODD}", f"flow-run logs {ODD}", "task-run ls", "variable get odd"):
        assert name in shown[words], words


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8", "utf-16"])
def test_json_is_json_in_any_encoding(odd: Armillary, encoding: str) -> None:
    wanted = [[*words, "-o", "json"] for words in READING if words[-1] not in ("--help", "--follow")]
    found = [(words, out) for words, out, _ in json.loads(python(odd, READ, encoding, json.dumps(wanted))) if out]
    values = {" ".join(words): json.loads(out) for words, out in found}
    assert len(values) > 25  # a few commands have nothing to say in JSON, or only an error
    assert values[f"flow-run inspect {ODD} -o json"]["name"] == ODD
    assert values["variable get odd -o json"]["value"] == ODD
    lines = json.loads(python(odd, READ, encoding, json.dumps([["flow-run", "logs", ODD, "--follow", "-o", "json"]])))[
        0
    ][1]
    assert ODD in [json.loads(line)["message"] for line in lines.splitlines()]


def test_every_listing_is_among_the_commands_tried() -> None:
    tried = {tuple(words[:2]) for words in READING}
    for noun, (module, _) in NOUNS.items():
        if noun != "worker":  # another name for agent
            verbs = {each.name or each.callback.__name__ for each in import_module(module).app.registered_commands}
            assert {(noun, verb) for verb in verbs & {"ls", "get", "logs", "preview", "watch"}} <= tried


@pytest.mark.parametrize(
    "words", [["flow-run", "inspect", ODD], ["flow-run", "logs", ODD], ["flow-run", "ls", "--name", ODD]]
)
def test_a_locale_without_letters_reads_the_names_it_is_given(odd: Armillary, words: list[str]) -> None:
    done = odd(*words, **LOCALE_OF_C)
    assert re.search(r"r\\xfcn \\u2713", done.out)


def test_an_argument_that_is_no_text_is_named(odd: Armillary) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "armillary", "flow-run", "inspect", b"r\xff"],
        capture_output=True,
        env={**odd.environment, **LOCALE_OF_C},
    )
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == [
        r"error: The argument 'r\udcff' is not valid text.",
        "hint: Write it in UTF-8.",
    ]


def test_a_file_is_found_by_its_name_in_a_locale_without_letters(odd: Armillary) -> None:
    odd.flows.with_name("flöws.py").write_bytes(odd.flows.read_bytes())
    odd("run", "flöws.py:greet", "--param", "name=ü", **LOCALE_OF_C)


@pytest.mark.parametrize("given", ["ü", "✓"])
def test_a_value_is_read_from_stdin_as_utf_8_where_ascii_is_expected(odd: Armillary, given: str) -> None:
    odd("variable", "set", "given", "-", given=given, PYTHONIOENCODING="ascii")
    assert odd("variable", "get", "given").out == given + "\n"


def test_bytes_on_stdin_that_are_no_text_are_refused(odd: Armillary) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "armillary", "variable", "set", "given", "-"],
        input=b"\xff",
        capture_output=True,
        env=odd.environment,
    )
    assert (done.returncode, done.stderr.decode()) == (2, "error: What stdin holds is not valid utf-8.\n")


@pytest.mark.parametrize("words", [["flow-run", "inspect", ODD], ["config", "view"], ["flow-run", "ls", "-o", "json"]])
def test_a_reader_that_has_seen_enough_ends_a_command_without_a_word(odd: Armillary, words: list[str]) -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "armillary", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=odd.environment,
        cwd=Path(odd.folder),
    )
    assert started.stdout is not None and started.stderr is not None
    started.stdout.close()
    assert started.stderr.read() == b""
    assert started.wait() == 1
