"""The doctor's examinations. Each looks at one thing, changes nothing, and never stops the next."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from armillary import settings
from armillary.cli.commands.administration import profile_file
from armillary.core.errors import ArmillaryError, did_you_mean
from armillary.home_folder import check_home
from armillary.journal.reading.files import journals_in
from armillary.settings import PREFIX, SETTINGS

OLDEST_PYTHON = (3, 11)


class Verdict(StrEnum):
    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(slots=True)
class Finding:
    """``fix`` says what to do; None where nothing needs doing."""

    check: str
    verdict: Verdict
    found: str
    fix: str | None = None


def examine() -> list[Finding]:
    """Every check's findings, in the order in which one rests on the other."""
    findings: list[Finding] = []
    for name, check in _CHECKS.items():
        try:
            findings.extend(check(name))
        except ArmillaryError as error:
            findings.append(Finding(name, Verdict.BAD, error.message, error.advice))
        except OSError as error:
            findings.append(Finding(name, Verdict.BAD, str(error), "Make it readable and writable."))
    return findings


def _python(name: str) -> Iterable[Finding]:
    said = f"{platform.python_implementation()} {platform.python_version()} at {sys.executable}"
    if sys.version_info < OLDEST_PYTHON:
        return [Finding(name, Verdict.BAD, said, f"Use Python {'.'.join(map(str, OLDEST_PYTHON))} or newer.")]
    return [Finding(name, Verdict.GOOD, said)]


def _settings(name: str) -> Iterable[Finding]:
    known = [PREFIX + each for each in SETTINGS]
    for given in sorted(os.environ):
        if given.startswith(PREFIX) and given not in known:
            yield Finding(
                name,
                Verdict.DOUBTFUL,
                f"The environment sets {given}, which nothing reads.",
                did_you_mean(given, known),
            )
    profiles = profile_file.read()
    for profile, entries in profiles.settings.items():
        for bare in entries:
            if bare not in SETTINGS:
                near = did_you_mean(PREFIX + bare, known)
                away = f"ARMILLARY_PROFILE={profile} armillary config unset {PREFIX}{bare}"
                said = f"Profile {profile!r} sets {PREFIX}{bare}, which does not exist, so no flow can start."
                yield Finding(name, Verdict.BAD, said, f"{near} Take it away: {away}")
    active = os.environ.get("ARMILLARY_PROFILE") or profiles.active
    if active not in profiles.settings:
        near_profile = did_you_mean(active, profiles.settings)
        yield Finding(name, Verdict.BAD, f"Profile {active!r} is to be used and does not exist.", near_profile)
    wrong = 0
    for setting in SETTINGS:
        try:
            settings.get(setting)
        except ArmillaryError as error:
            wrong += 1
            given_here = settings.text_and_source(setting)[1] == "environment"
            away = f"{'unset' if given_here else 'armillary config unset'} {PREFIX}{setting}"
            yield Finding(name, Verdict.BAD, error.message, error.advice or away)
    if not wrong:
        yield Finding(name, Verdict.GOOD, f"profile {active!r}, {len(SETTINGS)} settings have valid values")


def _home(name: str) -> Iterable[Finding]:
    home = settings.home()
    if not os.path.isdir(home):
        parent = home
        while not os.path.lexists(parent):
            parent = os.path.dirname(parent) or os.curdir
        if os.path.isdir(parent) and os.access(parent, os.W_OK | os.X_OK):
            return [Finding(name, Verdict.GOOD, f"{home} does not exist yet; the first run makes it")]
        fix = "Make it writable, or set ARMILLARY_HOME to a folder that is."
        return [Finding(name, Verdict.BAD, f"{home} does not exist and cannot be made in {parent}.", fix)]
    check_home(home)
    with tempfile.TemporaryFile(dir=home) as file:
        file.write(b"x")
        file.flush()
        room = os.fstatvfs(file.fileno())
    free = room.f_bavail * room.f_frsize
    if free < 100 << 20:
        return [Finding(name, Verdict.DOUBTFUL, f"{home} has {free >> 20} MiB left.", "Free some space on that disk.")]
    return [Finding(name, Verdict.GOOD, f"{home} can be written and has {free >> 30} GiB left")]


def _file_system(name: str) -> Iterable[Finding]:
    from armillary.ledger.database.network_disk import network_file_system  # loads SQLAlchemy

    home = settings.home()
    kind = network_file_system(home)
    if kind is not None:
        fix = "Set ARMILLARY_HOME to a folder on a local disk."
        return [
            Finding(name, Verdict.BAD, f"{home} is on a network file system ({kind}): locks cannot be trusted.", fix)
        ]
    return [Finding(name, Verdict.GOOD, "the home is on a local disk")]


def _ledger(name: str) -> Iterable[Finding]:
    home = settings.home()
    if not os.path.isdir(home):
        return [Finding(name, Verdict.GOOD, "nothing is recorded yet")]
    from armillary.ledger.postgresql.home_ledger import open_home
    from armillary.ledger.upkeep import maintenance

    with open_home(home) as ledger:
        info = maintenance.info(ledger)
    findings = [
        Finding(
            name,
            Verdict.GOOD,
            f"schema version {info.schema_version}, {info.flow_runs:,} flow runs, {info.task_runs:,} task runs",
        )
    ]
    if info.quarantined:
        said = f"{info.quarantined} journal frames could not be applied and are stored in the table quarantine."
        fix = "Please report the reasons stored with them."
        findings.append(Finding(name, Verdict.DOUBTFUL, said, fix))
    return findings


def _journals(name: str) -> Iterable[Finding]:
    home = settings.home()
    folder = os.path.join(home, "journal")
    if not os.path.isdir(folder):
        return [Finding(name, Verdict.GOOD, "there are none")]
    from armillary.ledger.ingest import following
    from armillary.ledger.postgresql.home_ledger import open_home

    with open_home(home) as ledger:
        done = following.catch_up(ledger, folder)
    findings = [Finding(name, Verdict.BAD, problem.message, problem.advice) for problem in done.problems]
    if done.crashed:
        said = f"{len(done.crashed)} runs had lost their process and read CRASHED now: {', '.join(done.crashed[:5])}"
        findings.append(
            Finding(name, Verdict.DOUBTFUL, said, "armillary flow-run retry RUN --from-failure runs one again.")
        )
    damaged = os.path.join(folder, "damaged")
    if os.path.isdir(damaged) and os.listdir(damaged):
        said = f"{len(os.listdir(damaged))} damaged files lie in {damaged}."
        findings.append(
            Finding(name, Verdict.DOUBTFUL, said, "Everything readable is recorded; check it, then delete them.")
        )
    left = len(journals_in(folder)) - len(done.problems)
    findings.append(Finding(name, Verdict.GOOD, f"{left} are being written by runs that go on"))
    return findings


_CHECKS: dict[str, Callable[[str], Iterable[Finding]]] = {
    "Python": _python,
    "Settings": _settings,
    "Home": _home,
    "File system": _file_system,
    "Database": _ledger,
    "Journals": _journals,
}
