"""Deploying code: where it will be stored, and the upload."""

from __future__ import annotations

import os
from dataclasses import dataclass

from armillary import settings
from armillary.client.interface.client import Client
from armillary.core.deployments.deployment import Deployment
from armillary.core.deployments.storage_block import GIT, StorageBlock
from armillary.core.errors import InvalidOption, NotFound
from armillary.stores.blocks import home_store, open_block, open_git
from armillary.stores.project import Project, read_project, root_of, upload


@dataclass(slots=True)
class Prepared:
    """``deployment`` runs code in place until it is ``located``. ``flow_file`` is absolute."""

    deployment: Deployment
    flow_file: str
    flow_storage: str | StorageBlock | None = None


@dataclass(slots=True)
class Located:
    """``deployment`` names its code by its hash. ``project`` is None for code in a git repository, which is already stored."""

    deployment: Deployment
    block: StorageBlock | None
    project: Project | None

    @property
    def storage_name(self) -> str:
        return "this home" if self.block is None else self.block.name

    def upload(self, client: Client) -> bool:
        """Upload the project; returns whether it was new. Raises StorageUnavailable."""
        if self.project is None:
            return False
        if self.block is None:
            return upload(self.project, home_store(settings.home()))
        return upload(self.project, open_block(self.block.type, client.open_storage_block(self.block.id)))


def locate(client: Client, wanted: Prepared) -> Located:
    """Find the storage and read the project; nothing is written. Raises NotFound for a storage that does not exist, or a file that is
    not in the repository."""
    block = _block(client, wanted.flow_storage)
    deployment = wanted.deployment
    root = root_of(wanted.flow_file)
    inside = os.path.relpath(wanted.flow_file, root)
    deployment.entrypoint = f"{inside}:{deployment.entrypoint.rpartition(':')[2]}"
    deployment.storage_block_id = None if block is None else block.id
    if block is not None and block.type == GIT:
        deployment.project_hash = _commit(client, block, inside)
        return Located(deployment, block, None)
    project = read_project(root, _never(block))
    if inside not in {each.path for each in project.files}:
        raise InvalidOption(
            f"{inside} is excluded from its own project {root}.",
            subject=inside,
            advice="An ignore file excludes it: include it again with a line that starts with '!'.",
        )
    deployment.project_hash = project.hash
    return Located(deployment, block, project)


def _block(client: Client, wanted: str | StorageBlock | None) -> StorageBlock | None:
    if wanted is None:
        return client.default_storage_block()
    return client.find_storage_block(wanted if isinstance(wanted, str) else wanted.id)


def _never(block: StorageBlock | None) -> list[str]:
    """Folders that store projects and may be inside this one by accident."""
    place = "" if block is None else block.options.get("storage_path", block.options.get("base_path", ""))
    return [settings.home(), *([place] if place and "://" not in place else [])]


def _commit(client: Client, block: StorageBlock, inside: str) -> str:
    source = open_git(client.open_storage_block(block.id))
    commit = source.commit()
    folder = os.path.join(settings.home(), "projects", commit)
    if not os.path.isdir(folder):
        source.fetch(commit, folder)
    if not os.path.isfile(os.path.join(folder, inside)):
        raise NotFound(
            f"The repository {source.repository} has no {inside} at {commit[:10]}.",
            subject=inside,
            advice="Commit and push it, or give the folder of the repository that contains the project.",
        )
    return commit
