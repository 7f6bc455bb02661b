"""Files that specify deployments: Python with ``DeploymentSpec(…)`` at its top level, or YAML with the same keys.

# armillary.yaml
deployments:
  - name: nightly
    flow_location: flows/train.py
    flow_name: train
    schedule: {cron: "0 2 * * *", timezone: Europe/Berlin}
    flow_runner: {type: subprocess, working_dir: /srv}
    parameters: {rows: 1000}
"""

from __future__ import annotations

import os
import runpy
import sys
from dataclasses import fields
from typing import Any

from armillary.core.deployments import flow_runner
from armillary.core.errors import ArmillaryError, InvalidOption, NotFound, did_you_mean
from armillary.core.schedules import schedule
from armillary.sdk.deployments.deployment_spec import DeploymentSpec, made_by
from armillary.sdk.deployments.user_files import reading
from armillary.sdk.loading_guard import NoFlowRuns
from armillary.stores.project import PROJECT_FILE

_DEFAULT_FILES = (PROJECT_FILE, "deployments.yaml", "deployments.py")
_KEYS = {each.name for each in fields(DeploymentSpec)} - {"flow"}


def specs_in(path: str) -> tuple[list[DeploymentSpec], str]:
    """The specifications of a file, and the folder their locations are relative to. Of a folder, those of its ``armillary.yaml``,
    ``deployments.yaml`` or ``deployments.py``.

    Raises NotFound for a file that is missing or defines no deployment, InvalidOption for an invalid option, and
    FileRaised from the exception a Python file raised.
    """
    full = os.path.abspath(os.path.expanduser(path))
    if os.path.isdir(full):
        found = [name for name in _DEFAULT_FILES if os.path.isfile(os.path.join(full, name))]
        if not found:
            raise NotFound(f"{full} has none of {', '.join(_DEFAULT_FILES)}.", subject=path, advice="Name the file.")
        full = os.path.join(full, found[0])
    if not os.path.isfile(full):
        raise NotFound(f"There is no file {full}.", subject=path, advice="Give a Python file with DeploymentSpec(…).")
    folder = os.path.dirname(full)
    specs = _from_yaml(full) if full.endswith((".yaml", ".yml")) else _from_python(full, folder)
    if not specs:
        raise NotFound(
            f"{full} defines no deployment.",
            subject=path,
            advice="Write DeploymentSpec(name=…, flow_location=…) there.",
        )
    return specs, folder


def _from_python(path: str, folder: str) -> list[DeploymentSpec]:
    if folder not in sys.path:
        sys.path.insert(0, folder)
    with NoFlowRuns(), reading(path):
        return made_by(lambda: runpy.run_path(path, run_name="__armillary_deployments__"))


def _from_yaml(path: str) -> list[DeploymentSpec]:
    import yaml  # load the parser only for YAML files

    try:
        with open(path, encoding="utf-8") as file:
            document = yaml.safe_load(file)
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise InvalidOption(f"{path} is not valid YAML: {problem}.", subject=path) from None
    if isinstance(document, dict) and "deployments" in document:
        document = document["deployments"]
    elif isinstance(document, dict) and "name" in document:
        document = [document]
    if not document:
        return []
    if not isinstance(document, list):
        raise InvalidOption(
            f"{path} has no list of deployments.", subject=path, advice="Write `deployments:` above it."
        )
    return [_spec(path, number, each) for number, each in enumerate(document, 1)]


def _spec(path: str, number: int, given: Any) -> DeploymentSpec:
    where = f"{os.path.basename(path)}, deployment {number}"
    if not isinstance(given, dict):
        raise InvalidOption(f"{where} has no keys.", subject=path, advice="Write `name: …` and `flow_location: …`.")
    unknown = sorted(str(key) for key in given if key not in _KEYS)
    if unknown:
        raise InvalidOption(
            f"{where} has no key {unknown[0]!r}.", subject=unknown[0], advice=did_you_mean(unknown[0], _KEYS)
        )
    options = dict(given)
    try:
        if "name" not in options:
            raise InvalidOption("There is no name.", subject="name", advice="Write `name: …`.")
        for key, kind in _KINDS.items():
            if not isinstance(options.get(key), kind | None):
                raise InvalidOption(f"{key} is {options[key]!r}.", subject=key, advice=f"Give {_WORDS[kind]}.")
        options = {key: value for key, value in options.items() if value is not None}
        if "schedule" in options:
            options["schedule"] = schedule.from_document(options["schedule"])
        if "schedules" in options:
            options["schedules"] = [schedule.from_document(each) for each in options["schedules"]]
        if "flow_runner" in options:
            options["flow_runner"] = flow_runner.from_document(options["flow_runner"])
        return made_by(lambda: DeploymentSpec(**options))[0]
    except ArmillaryError as problem:
        raise type(problem)(f"{where}: {problem.message}", subject=problem.subject, advice=problem.advice) from None


_KINDS: dict[str, type] = {"schedule": dict, "schedules": list, "flow_runner": dict}
_WORDS: dict[type, str] = {dict: "keys and values", list: "a list"}
