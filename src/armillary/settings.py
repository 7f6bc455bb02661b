"""Settings: environment ``ARMILLARY_*`` over the active profile (TOML) over the default.

Every default named in the documentation is one line of :data:`SETTINGS`. Reading is cheap and lazy: the profile file is
opened only when it exists, once per process. Nothing here imports more than the standard library's parsers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from armillary.core.errors import InvalidSetting, did_you_mean

PREFIX = "ARMILLARY_"

try:
    _STARTED_IN = os.getcwd()
except OSError:  # the folder has been deleted
    _STARTED_IN = ""

_FOREVER_SECONDS = 100_000_000
"""Three years; system waits have no infinity."""


def _text(value: str) -> str:
    return value


def _server(value: str) -> str:
    scheme, _, place = value.strip().partition("://")
    if scheme.lower() not in {"http", "https"} or not place.strip("/"):
        raise ValueError("give the server's whole address, such as http://127.0.0.1:4200/api")
    return value.strip()


def _at_least(least: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            number = least - 1
        if number < least:
            raise ValueError(f"a whole number, {least} or more")
        return number

    return parse


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < _FOREVER_SECONDS:
        raise ValueError("a number of seconds, 0 or more")
    return seconds


def _lease(value: str) -> float:
    seconds = float(value)
    if not 1 <= seconds <= 3_600:
        raise ValueError("a lease is 1 to 3600 seconds")
    return seconds


def _switch(value: str) -> bool:
    lowered = value.strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("true or false")


def _names(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _networks(value: str) -> tuple[str, ...]:
    from ipaddress import ip_network  # 4 ms, needed only by a server behind a proxy

    networks = _names(value)
    for each in networks:
        try:
            ip_network(each)
        except ValueError:
            raise ValueError(
                f"{each!r} is neither an address such as 10.0.0.5 nor a network such as 10.0.0.0/24"
            ) from None
    return networks


def _level(value: str) -> int:
    levels = {"CRITICAL": 50, "ERROR": 40, "WARNING": 30, "INFO": 20, "DEBUG": 10, "NOTSET": 0}
    upper = value.strip().upper()
    if upper.isdigit():
        return int(upper)
    if upper not in levels:
        raise ValueError(f"one of {', '.join(levels)}")
    return levels[upper]


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return value

    return parse


class Setting(NamedTuple):
    """``default`` is text, as in an environment variable or a profile; None means unset."""

    name: str
    default: str | None
    parse: Callable[[str], Any]
    meaning: str
    secret: bool = False


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("HOME", "~/.armillary", _text, "Folder of journals, the ledger, results, profiles and tokens."),
        Setting("PROFILE", None, _text, "Profile to use instead of the one marked active."),
        Setting("API_URL", None, _server, "Server to record runs on; unset: the ledger of this home."),
        Setting("API_KEY", None, _text, "Token sent to the server at API_URL.", secret=True),
        Setting("DATABASE_URL", None, _text, "Database of the ledger; unset: SQLite in the home.", secret=True),
        Setting(
            "SECRET_KEY", None, _text, "Key that encrypts stored secrets; unset: secret.key in the home.", secret=True
        ),
        Setting(
            "OUTBOUND_PRIVATE",
            "false",
            _switch,
            "Whether notifications may be sent to addresses on this machine or network.",
        ),
        Setting("LOGGING_LEVEL", "INFO", _level, "Lowest level of run log lines to show and record."),
        Setting("LOGGING_EXTRA_LOGGERS", "", _names, "Library loggers to record with the run, comma-separated."),
        Setting("LOGGING_COLORS", "true", _switch, "Colour console lines on a terminal."),
        Setting("PROGRESS", "true", _switch, "Show the progress of runs with many tasks on a terminal."),
        Setting(
            "DURABILITY", "process", _one_of("process", "disk"), "What an event survives: the process, or power loss."
        ),
        Setting("DRAIN_SECONDS", "10", _seconds, "Longest wait at exit for events to reach the server."),
        Setting("CANCEL_GRACE_SECONDS", "5", _seconds, "How long a cancelled body may take to stop."),
        Setting("TASK_RUNNER_MAX_WORKERS", "64", _at_least(1), "Default number of threads of a ConcurrentTaskRunner."),
        Setting(
            "RESULTS_STORAGE",
            None,
            _text,
            "Where results are stored: a folder or fsspec URL; unset: results/ in the home.",
        ),
        Setting(
            "RESULTS_KEY",
            None,
            _text,
            "Key that signs stored results, for homes that share a store; unset: results.key in the home.",
            secret=True,
        ),
        Setting("RESULTS_SERIALIZER", "pickle", _text, "Default serializer of results."),
        Setting(
            "RESULTS_PERSIST", "false", _switch, "Store the results of tasks and flows that do not set persist_result."
        ),
        Setting("AGENT_DRAIN_SECONDS", "30", _seconds, "How long a stopping agent waits for its runs to finish."),
        Setting(
            "AGENT_KEEPS",
            "",
            _names,
            "Environment variables that an agent does not pass to its runs, comma-separated; `AWS_*` matches a prefix. Secret settings are never passed.",
        ),
        Setting(
            "WORKER_LEASE_SECONDS",
            "15",
            _lease,
            "Time without a heartbeat after which an agent's runs are taken from it.",
        ),
        Setting(
            "PROJECT_MEGABYTES", "2000", _at_least(1), "Largest project, unpacked, that can be deployed or fetched."
        ),
        Setting("PROJECT_FILES", "100000", _at_least(1), "Most files a project can have to be deployed or fetched."),
        Setting("SERVER_HOST", "127.0.0.1", _text, "Address the server listens on."),
        Setting("SERVER_PORT", "4200", _at_least(0), "Port the server listens on."),
        Setting(
            "TRUSTED_PROXIES",
            "",
            _networks,
            "Proxies, as comma-separated addresses or networks, whose X-Forwarded-For and X-Forwarded-Proto are trusted.",
        ),
        Setting("RETENTION_DAYS", "90", _at_least(0), "Days a server retains runs after they end; 0: forever."),
        Setting("RETENTION_RUNS", "1000000", _at_least(0), "Number of newest flow runs a server retains; 0: all."),
    )
}


def parse(name: str, text: str, source: str) -> Any:
    """The value of one setting's text, or :class:`InvalidSetting` naming setting, source and the valid values."""
    try:
        return known(name).parse(text)
    except ValueError as problem:
        raise InvalidSetting(
            f"{PREFIX}{name}={text!r} (from {source}) is not valid: {problem}.", subject=PREFIX + name
        ) from None


def known(name: str) -> Setting:
    """The setting of a name with or without its prefix, in either case."""
    bare = name.upper().removeprefix(PREFIX)
    if bare not in SETTINGS:
        raise InvalidSetting(
            f"There is no setting {PREFIX}{bare}.",
            subject=name,
            advice=did_you_mean(PREFIX + bare, [PREFIX + other for other in SETTINGS]),
        )
    return SETTINGS[bare]


def home() -> str:
    """Path of the home folder, which need not exist yet. It is never read from a profile: profiles are stored in it.

    A relative path starts from the process's initial folder, so a flow that changes folder keeps its home. Paths are text here:
    importing pathlib would cost a flow's start 5 ms."""
    given = os.environ.get("ARMILLARY_HOME") or SETTINGS["HOME"].default or ""
    return os.path.join(_STARTED_IN, os.path.expanduser(given))


def for_processes() -> dict[str, str]:
    """This process's variables for one that it starts: with the home as an absolute path, because its folder may differ."""
    return {**os.environ, "ARMILLARY_HOME": home()}


def is_withheld(variable: str) -> bool:
    """Whether that variable is withheld from processes started for others: a secret setting, or one that
    AGENT_KEEPS names."""
    bare = variable.removeprefix(PREFIX)
    if bare != variable and bare in SETTINGS and SETTINGS[bare].secret:
        return True
    return any(
        variable.startswith(name[:-1]) if name.endswith("*") else variable == name for name in get("AGENT_KEEPS")
    )


def without_secrets() -> dict[str, str]:
    """:func:`for_processes`, without what is withheld."""
    return {name: value for name, value in for_processes().items() if not is_withheld(name)}


def text_and_source(name: str, environment: Mapping[str, str] | None = None) -> tuple[str | None, str]:
    """A setting's text and where it comes from: ``environment``, ``profile 'x'`` or ``default``."""
    environment = os.environ if environment is None else environment
    setting = known(name)
    given = environment.get(PREFIX + setting.name)
    if given is not None and given != "":
        return given, "environment"
    if setting.name not in {"HOME", "PROFILE"}:
        profiles = _profiles()
        active = environment.get("ARMILLARY_PROFILE") or profiles.active
        if active in profiles.settings and setting.name in profiles.settings[active]:
            return profiles.settings[active][setting.name], f"profile {active!r}"
    return setting.default, "default"


def get(name: str) -> Any:
    """The parsed value of a setting; None where it is unset and has no default.

    >>> get("CANCEL_GRACE_SECONDS")
    5.0
    """
    text, source = text_and_source(name)
    return None if text is None else parse(name, text, source)


class ProfileSettings(NamedTuple):
    """The profile file: which profile is active, and the settings each one holds, as text by bare name."""

    active: str
    settings: dict[str, dict[str, str]]


DEFAULT_PROFILE = "default"

_cache: tuple[tuple[str, int, int], ProfileSettings] | None = None


def profiles_path() -> str:
    return os.path.join(home(), "profiles.toml")


def _profiles() -> ProfileSettings:
    """The profile file, re-read when it has changed."""
    global _cache
    path = profiles_path()
    try:
        stat = os.stat(path)
    except OSError:
        return ProfileSettings(DEFAULT_PROFILE, {DEFAULT_PROFILE: {}})
    stamp = (path, stat.st_mtime_ns, stat.st_size)
    if _cache is None or _cache[0] != stamp:
        _cache = (stamp, load_profiles(path))
    return _cache[1]


def load_profiles(path: str) -> ProfileSettings:
    """Read a profile file; a missing one has one empty profile. A broken one is an error that names it."""
    import tomllib  # load the parser only if there is a profile file

    try:
        with open(path, "rb") as file:
            table = tomllib.load(file)
    except FileNotFoundError:
        return ProfileSettings(DEFAULT_PROFILE, {DEFAULT_PROFILE: {}})
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise InvalidSetting(
            f"The profile file {path} cannot be read: {problem}.", subject=path, advice="Fix it or move it away."
        ) from problem
    settings = {
        name: {known(key).name: str(value) for key, value in entries.items()}
        for name, entries in table.get("profiles", {}).items()
    }
    settings.setdefault(DEFAULT_PROFILE, {})
    return ProfileSettings(str(table.get("active", DEFAULT_PROFILE)), settings)
