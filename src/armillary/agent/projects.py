"""The code of an agent's runs: unpacked once per hash, and copied for each run, which may write into its copy."""

from __future__ import annotations

import compileall
import fcntl
import logging
import os
import re
import shutil
from collections import defaultdict
from py_compile import PycInvalidationMode
from secrets import token_hex
from threading import Lock
from typing import NamedTuple

from armillary.agent.project_cache import Altered, ProjectCache
from armillary.client.interface.client import Client
from armillary.core.deployments.deployment import Deployment
from armillary.core.deployments.storage_block import GIT
from armillary.core.errors import StorageUnavailable
from armillary.home_folder import make_private, prepare_home
from armillary.stores.blocks import home_store, open_block, open_git
from armillary.stores.project import download

UNUSED_SECONDS = 30 * 86_400
_NAME = re.compile("[0-9a-f]{40,64}").fullmatch

logger = logging.getLogger("armillary.agent")


class Results(NamedTuple):
    """Where a run's results go: the kind of its storage block and its options, secrets too; None: the default."""

    kind: str | None = None
    options: dict[str, str] | None = None


class Projects:
    """``home/projects`` is the cache, ``home/copies/<worker>`` has the copies of one agent. The lock in there is held as long as
    the agent lives: the next agent removes what a killed one left behind."""

    def __init__(self, home: str, worker_id: str) -> None:
        self._home = home
        self._cache = ProjectCache(home)
        self._fetched: dict[str, tuple[str | None, dict[str, str] | None]] = {}
        self._copies = os.path.join(home, "copies", worker_id)
        self._fetching: defaultdict[str, Lock] = defaultdict(Lock)
        self._locks = Lock()
        prepare_home(home)
        make_private(self._copies)
        self._lock = os.open(os.path.join(self._copies, ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._remove_leftovers()

    def fetch(self, client: Client, of: Deployment) -> Results:
        """Ensure that the deployment's project is in the cache. Raises StorageUnavailable, or NotFound for a storage that was
        deleted."""
        if of.project_hash is None:
            return Results()
        kind, options = None, None
        if of.storage_block_id is not None:
            block = client.find_storage_block(of.storage_block_id)
            kind, options = block.type, client.open_storage_block(block.id)
        with self._lock_of(of.project_hash):
            self._fetched[of.project_hash] = kind, options
            self._have(of.project_hash)
        return Results() if kind == GIT else Results(kind, options)

    def copy(self, project_hash: str) -> str:
        """The folder of a new copy of a project in the cache, with each file verified; it is fetched again if it was altered. Raises
        StorageUnavailable."""
        root = os.path.join(self._copies, token_hex(8))
        try:
            try:
                self._cache.copy(project_hash, root)
            except Altered as problem:
                logger.warning("Cached code changed since it was fetched; fetching it again: %s", problem)
                shutil.rmtree(root, ignore_errors=True)
                self._cache.unseal(project_hash)
                with self._lock_of(project_hash):
                    self._fetch_anew(project_hash)
                self._cache.copy(project_hash, root)
        except (OSError, Altered) as problem:
            shutil.rmtree(root, ignore_errors=True)
            raise StorageUnavailable(f"The code cannot be copied to {root}: {problem}.", subject=root) from problem
        except BaseException:
            shutil.rmtree(root, ignore_errors=True)
            raise
        return root

    def remove(self, root: str) -> None:
        """No run uses that copy any longer."""
        shutil.rmtree(root, ignore_errors=True)

    def close(self) -> None:
        shutil.rmtree(self._copies, ignore_errors=True)
        os.close(self._lock)

    def _lock_of(self, project_hash: str) -> Lock:
        """A project is fetched once; others do not wait for it."""
        with self._locks:
            return self._fetching[project_hash]

    def _have(self, project_hash: str) -> None:
        if not _NAME(project_hash):  # it becomes a path
            raise StorageUnavailable(f"{project_hash!r} is not the hash of a project.", subject=project_hash)
        if not self._cache.has(project_hash):
            self._fetch_anew(project_hash)
        os.utime(os.path.join(self._cache.folder, project_hash))

    def _fetch_anew(self, project_hash: str) -> None:
        kind, options = self._fetched[project_hash]
        folder = os.path.join(self._cache.folder, project_hash)
        with self._cache.locked(project_hash):  # other agents of this home fetch into it too
            if self._cache.has(project_hash):
                return
            shutil.rmtree(folder, ignore_errors=True)
            if kind == GIT:
                open_git(options or {}).fetch(project_hash, folder)
            else:
                self._download(project_hash, folder, kind, options)
            # By hash, as every copy is newer than what was compiled.
            compileall.compile_dir(folder, quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
            self._cache.seal(project_hash)

    def _download(self, project_hash: str, folder: str, kind: str | None, options: dict[str, str] | None) -> None:
        if kind is not None:
            download(project_hash, open_block(kind, options or {}), folder)
            return
        try:
            download(project_hash, home_store(self._home), folder)
        except StorageUnavailable as problem:
            raise StorageUnavailable(
                f"The code {project_hash[:12]} is stored in the home where its deployment was created, not in {self._home}.",
                subject=project_hash,
                advice="Create the deployment again; if agents use another home, choose a flow_storage that both can reach.",
            ) from problem

    def _remove_leftovers(self) -> None:
        above = os.path.dirname(self._copies)
        for name in os.listdir(above):
            path = os.path.join(above, name)
            if path != self._copies and _is_free(os.path.join(path, ".lock")):
                shutil.rmtree(path, ignore_errors=True)
        self._cache.remove_unused(UNUSED_SECONDS)


def _is_free(path: str) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
