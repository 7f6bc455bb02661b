"""Where the process of a run lives: its interpreter, its folder, its variables."""

from __future__ import annotations

import os
import shutil
import sys
from typing import NamedTuple
from urllib.parse import urlsplit

from armillary import settings
from armillary.core.deployments.flow_runner import FlowRunner, SubprocessFlowRunner
from armillary.core.errors import InvalidOption

_DATABASE = "ARMILLARY_DATABASE_URL"


class Environment(NamedTuple):
    """``command`` starts a Python interpreter, ``variables`` are what the flow runner adds."""

    command: tuple[str, ...]
    folder: str | None
    variables: tuple[tuple[str, str], ...]


def environment_of(runner: FlowRunner) -> Environment:
    """Raises InvalidOption for an environment or folder that is not on this machine."""
    return Environment(tuple(_command(runner)), _folder(runner), tuple(sorted((runner.env or {}).items())))


def for_runs() -> dict[str, str]:
    """The agent's environment as passed to a run: without secrets. The database's address is not a secret, so that a run
    uses the right one; its password is."""
    given = settings.without_secrets()
    database = settings.get("DATABASE_URL")
    if database and not settings.get("API_URL"):
        given[_DATABASE] = _without_password(database)
    return given


def _without_password(url: str) -> str:
    """
    >>> _without_password("postgresql://me:secret@host:5432/runs?sslmode=require&password=x")
    'postgresql://me@host:5432/runs?sslmode=require'
    """
    parts = urlsplit(url)
    credentials, at, place = parts.netloc.rpartition("@")
    query = "&".join(each for each in parts.query.split("&") if "pass" not in each.partition("=")[0].lower())
    return parts._replace(netloc=credentials.partition(":")[0] + at + place, query=query).geturl()


def _command(runner: FlowRunner) -> list[str]:
    if isinstance(runner, SubprocessFlowRunner) and runner.virtualenv:
        python = os.path.join(os.path.abspath(os.path.expanduser(runner.virtualenv)), "bin", "python")
        if not os.access(python, os.X_OK):
            raise InvalidOption(f"There is no virtual environment {runner.virtualenv!r}.", subject="virtualenv")
        return [python]
    if isinstance(runner, SubprocessFlowRunner) and runner.condaenv:
        conda = shutil.which("conda") or shutil.which("mamba")
        if conda is None:
            raise InvalidOption("There is no conda on this machine.", subject="condaenv", advice="Put it on the PATH.")
        by_path = "/" in runner.condaenv
        return [conda, "run", "--no-capture-output", "--prefix" if by_path else "--name", runner.condaenv, "python"]
    return [sys.executable]


def _folder(runner: FlowRunner) -> str | None:
    folder = runner.working_dir if isinstance(runner, SubprocessFlowRunner) else None
    if folder is None:
        return None
    found = os.path.abspath(os.path.expanduser(folder))
    if not os.path.isdir(found):
        raise InvalidOption(f"The working directory {folder!r} does not exist.", subject="working_dir")
    return found
