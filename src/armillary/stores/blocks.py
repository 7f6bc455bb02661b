"""From a storage block's options to the store, and whether it works."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from msgspec import DecodeError, json

from armillary.core.deployments.storage_block import GIT, checked_options, kind_of
from armillary.core.errors import InvalidOption, StorageUnavailable
from armillary.home_folder import make_private
from armillary.stores.git import GitSource
from armillary.stores.local import LocalStore
from armillary.stores.store import Store

_NO_LISTINGS = {"use_listings_cache": False}
"""Other processes write there too."""

_SHORTEST_SECRET = 4
"""Shorter secrets are not masked: they match by chance and make messages unreadable."""


def home_store(home: str) -> Store:
    """Where a home stores flow code without a named storage."""
    return LocalStore(os.path.join(home, "storage"))


def open_block(kind: str, options: Mapping[str, str]) -> Store:
    """The store of a block; ``options`` with its secrets. Raises InvalidOption, StorageUnavailable."""
    checked_options(kind, options)
    try:
        return _OPENERS[kind](options)
    except StorageUnavailable as problem:
        raise masked(problem, kind, options) from None


def url_of(kind: str, options: Mapping[str, str]) -> str:
    """The URL that the store of a block has, found without opening it; ``options`` need not have its secrets."""
    if kind == "local":
        return os.path.abspath(os.path.expanduser(options["storage_path"]))
    if kind == "temporary-local":
        return _temporary_folder()
    if kind == "file":
        place = options["base_path"]
        return place.rstrip("/") if "://" in place else os.path.abspath(os.path.expanduser(place))
    scheme, place = {"s3": ("s3", "bucket"), "gcs": ("gs", "bucket"), "azure": ("abfs", "container")}[kind]
    return _url(scheme, options[place], options).rstrip("/")


def open_git(options: Mapping[str, str]) -> GitSource:
    """The repository of a git block."""
    checked_options(GIT, options)
    return GitSource(
        options["repository"], options.get("reference", ""), options.get("folder", ""), options.get("token", "")
    )


def check_block(kind: str, options: Mapping[str, str]) -> None:
    """Write something there, read it back and delete it; a git repository is only read. Raises InvalidOption, or StorageUnavailable
    with what failed."""
    if kind == GIT:
        open_git(options).commit()
        return
    store = open_block(kind, options)
    key, written = f"check-{token_hex(8)}", token_hex(16).encode()
    try:
        store.write(key, written)
        found = store.read(key)
        store.delete(key)
    except StorageUnavailable as problem:
        raise masked(problem, kind, options) from None
    if found != written:
        raise StorageUnavailable(
            f"Data written to {store.url} could not be read back.",
            subject=store.url,
            advice="Make sure that nothing else writes there.",
        )


def masked(problem: StorageUnavailable, kind: str, options: Mapping[str, str]) -> StorageUnavailable:
    """The same error, with its secrets masked."""
    message = problem.message
    for option in kind_of(kind).options:
        secret = options.get(option.name, "") if option.secret else ""
        if len(secret) >= _SHORTEST_SECRET:
            message = message.replace(secret, "***")
    return StorageUnavailable(message, subject=problem.subject, advice=problem.advice)


def _local(options: Mapping[str, str]) -> Store:
    return LocalStore(options["storage_path"])


def _temporary(_options: Mapping[str, str]) -> Store:
    folder = _temporary_folder()
    make_private(folder)
    if os.stat(folder, follow_symlinks=False).st_uid != os.getuid():
        raise StorageUnavailable(f"{folder} belongs to another user.", subject=folder, advice="Use another storage.")
    return LocalStore(folder)


def _temporary_folder() -> str:
    return os.path.join(tempfile.gettempdir(), f"armillary-storage-{os.getuid()}")


def _file(options: Mapping[str, str]) -> Store:
    place = options["base_path"]
    given = _json(options, "storage_options")
    if "://" not in place:
        return LocalStore(place)
    return _fsspec(place, **given)


def _s3(options: Mapping[str, str]) -> Store:
    client = {name: options[name] for name in ("region_name", "endpoint_url") if name in options}
    names = {"key": "aws_access_key_id", "secret": "aws_secret_access_key", "token": "aws_session_token"}
    given = {name: options[option] for name, option in names.items() if option in options}
    return _fsspec(_url("s3", options["bucket"], options), client_kwargs=client, **given, **_NO_LISTINGS)


def _gcs(options: Mapping[str, str]) -> Store:
    token = _json(options, "service_account_info") or None
    return _fsspec(_url("gs", options["bucket"], options), project=options.get("project"), token=token, **_NO_LISTINGS)


def _azure(options: Mapping[str, str]) -> Store:
    return _fsspec(
        _url("abfs", options["container"], options), connection_string=options["connection_string"], **_NO_LISTINGS
    )


_OPENERS = {
    "local": _local,
    "temporary-local": _temporary,
    "file": _file,
    "s3": _s3,
    "gcs": _gcs,
    "azure": _azure,
}


def _url(scheme: str, bucket: str, options: Mapping[str, str]) -> str:
    return "/".join(part for part in (f"{scheme}://{bucket}", options.get("prefix", "").strip("/")) if part)


def _fsspec(url: str, **options: Any) -> Store:
    from armillary.stores.remote import FsspecStore  # fsspec is heavy, and few need it

    return FsspecStore(url, **options)


def _json(options: Mapping[str, str], name: str) -> dict[str, Any]:
    try:
        return json.decode(options.get(name, "{}"), type=dict[str, Any])
    except DecodeError as problem:
        raise InvalidOption(f"{name} is not a JSON object: {problem}.", subject=name) from None
