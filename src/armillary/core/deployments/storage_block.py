"""A storage block: a named place that stores flow code and results, with the options to access it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from armillary.core.errors import InvalidOption, did_you_mean
from armillary.core.record import Record


@dataclass(frozen=True, slots=True)
class StorageOption:
    """``secret`` ones are encrypted at rest and never shown. ``default`` is the value if none is given."""

    name: str
    meaning: str
    required: bool = False
    secret: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class StorageKind:
    """A kind of storage block; options are in the order of prompting."""

    type: str
    title: str
    meaning: str
    options: tuple[StorageOption, ...] = ()


KINDS: dict[str, StorageKind] = {
    kind.type: kind
    for kind in (
        StorageKind(
            "azure",
            "Azure Blob Storage",
            "Store data in an Azure blob storage container.",
            (
                StorageOption("container", "the container's name", required=True),
                StorageOption("connection_string", "its connection string", required=True, secret=True),
                StorageOption("prefix", "a folder in it"),
            ),
        ),
        StorageKind(
            "file",
            "File Storage",
            "Store data as a file on local or remote file systems.",
            (
                StorageOption("base_path", "a folder or any URL that fsspec supports", required=True),
                StorageOption("storage_options", "the options of that file system, as a JSON object", secret=True),
            ),
        ),
        StorageKind(
            "gcs",
            "Google Cloud Storage",
            "Store data in a GCS bucket.",
            (
                StorageOption("bucket", "the bucket's name", required=True),
                StorageOption("project", "its project"),
                StorageOption("service_account_info", "the JSON of a service account's key", secret=True),
                StorageOption("prefix", "a folder in it"),
            ),
        ),
        StorageKind(
            "local",
            "Local Storage",
            "Store data in a run's local file system.",
            (StorageOption("storage_path", "a folder", required=True, default="~/.armillary/local-storage"),),
        ),
        StorageKind(
            "s3",
            "S3 Storage",
            "Store data in an AWS S3 bucket.",
            (
                StorageOption("bucket", "the bucket's name", required=True),
                StorageOption("aws_access_key_id", "an access key; unset: the machine's own credentials", secret=True),
                StorageOption("aws_secret_access_key", "the secret of that access key", secret=True),
                StorageOption("aws_session_token", "a session's token", secret=True),
                StorageOption("region_name", "the bucket's region"),
                StorageOption("endpoint_url", "the address of an S3-compatible service"),
                StorageOption("prefix", "a folder in it"),
            ),
        ),
        StorageKind(
            "temporary-local",
            "Temporary Local Storage",
            "Store data in a temporary directory in a run's local file system.",
        ),
        StorageKind(
            "git",
            "Git Repository",
            "Load flow code from a git repository; nothing is stored in it.",
            (
                StorageOption("repository", "its URL, or a folder", required=True),
                StorageOption("reference", "a branch, tag or commit; unset: its current checkout"),
                StorageOption("folder", "the project's folder in it"),
                StorageOption("token", "an access token", secret=True),
            ),
        ),
    )
}
"""In display order."""

GIT = "git"
"""The only read-only kind."""


_URL_WITH_PASSWORD = re.compile(r"[a-z0-9+.-]+://[^/@\s]*:[^/@\s]*@", re.IGNORECASE).match


@dataclass(slots=True)
class StorageBlock(Record):
    """``options`` are those that may be shown; ``secret_names`` are the options stored encrypted."""

    id: str
    name: str
    type: str
    created: datetime
    updated: datetime
    options: dict[str, str] = field(default_factory=dict)
    secret_names: list[str] = field(default_factory=list)
    is_default: bool = False


def kind_of(name: str) -> StorageKind:
    """Raises InvalidOption suggesting the nearest."""
    if name not in KINDS:
        raise InvalidOption(f"There is no storage type {name!r}.", subject="type", advice=did_you_mean(name, KINDS))
    return KINDS[name]


def checked_options(kind_name: str, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The options that may be shown and the secret ones; empty ones are left out. Raises InvalidOption for an option the kind
    does not have, or one that is missing.

    >>> checked_options("s3", {"bucket": "models", "aws_secret_access_key": "x", "prefix": ""})
    ({'bucket': 'models'}, {'aws_secret_access_key': 'x'})
    """
    kind = kind_of(kind_name)
    known = {option.name: option for option in kind.options}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InvalidOption(
            f"{kind.title} has no option {unknown[0]!r}.",
            subject=unknown[0],
            advice=did_you_mean(unknown[0], known) or "It has none.",
        )
    filled = {name: given[name].strip() for name in known if given.get(name, "").strip()}
    lacking = [name for name, option in known.items() if option.required and name not in filled]
    if lacking:
        raise InvalidOption(
            f"{kind.title} needs {lacking[0]!r}: {known[lacking[0]].meaning}.", subject=lacking[0], advice="Give it."
        )
    for name, value in filled.items():
        if not known[name].secret and _URL_WITH_PASSWORD(value):
            raise InvalidOption(
                f"The {name} contains a password, which would be displayed.",
                subject=name,
                advice=f"Pass it separately: {', '.join(each for each in known if known[each].secret)}.",
            )
    shown = {name: value for name, value in filled.items() if not known[name].secret}
    return shown, {name: value for name, value in filled.items() if known[name].secret}
