"""Flow code in a git repository: read at a commit, never written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from base64 import b64encode

from armillary import settings
from armillary.core.errors import InvalidOption, StorageUnavailable
from armillary.home_folder import make_private
from armillary.stores.links import is_inside, link_outwards

SECONDS = 120.0
"""Longest wait for a repository."""

_COMMIT = re.compile(r"[0-9a-f]{40}").fullmatch
_PROTOCOLS = "file:git:http:https:ssh"
"""Git would run any program for a URL such as ``ext::…``."""


class GitSource:
    """``reference`` is a branch, tag or commit; empty: the repository's current checkout. ``folder`` is the project's in it.
    ``token`` goes to git in its environment, where no other user of the machine sees it."""

    def __init__(self, repository: str, reference: str = "", folder: str = "", token: str = "") -> None:
        for name, value in (("repository", repository), ("reference", reference)):
            if value.startswith("-"):
                raise InvalidOption(f"The {name} {value!r} begins with a dash.", subject=name)
        if os.path.isabs(folder) or ".." in folder.split("/"):
            raise InvalidOption(f"The folder {folder!r} is not inside the repository.", subject="folder")
        self.repository = os.path.expanduser(repository) if repository.startswith("~") else repository
        self.reference = reference
        self.folder = folder.strip("/")
        self._token = token

    def commit(self) -> str:
        """The commit that ``reference`` currently points to. Raises StorageUnavailable."""
        if _COMMIT(self.reference):
            return self.reference
        wanted = self.reference or "HEAD"
        listed = self._git("ls-remote", "--", self.repository, wanted, f"{wanted}^{{}}")
        found = [line.split("\t") for line in listed.splitlines() if "\t" in line]
        if not found:
            raise StorageUnavailable(
                f"The repository {self.repository} has no branch or tag {wanted!r}.",
                subject=self.repository,
                advice="Push it, or name another one.",
            )
        return next((commit for commit, name in found if name.endswith("^{}")), found[0][0])

    def fetch(self, commit: str, folder: str) -> None:
        """The files of that commit into ``folder``, which must not exist yet. Raises StorageUnavailable."""
        parent = os.path.dirname(folder)
        make_private(parent)
        with tempfile.TemporaryDirectory(dir=parent, prefix=".git-") as clone:
            self._git("init", "--quiet", clone)
            try:
                self._git("-C", clone, "fetch", "--quiet", "--depth", "1", "--", self.repository, commit)
            except StorageUnavailable:  # a server that does not serve commits by hash serves branches and tags
                self._git(
                    "-C", clone, "fetch", "--quiet", "--tags", "--", self.repository, "+refs/heads/*:refs/heads/*"
                )
            self._git("-C", clone, "checkout", "--quiet", "--detach", commit)
            shutil.rmtree(os.path.join(clone, ".git"))
            whole = os.path.realpath(clone)
            inside = os.path.realpath(os.path.join(clone, self.folder)) if self.folder else whole
            if not is_inside(inside, whole):
                raise self._leads_out(self.folder, commit)
            if not os.path.isdir(inside):
                raise StorageUnavailable(
                    f"The repository {self.repository} has no folder {self.folder!r} at {commit[:10]}.",
                    subject=self.repository,
                )
            link = link_outwards(inside)
            if link is not None:
                raise self._leads_out(os.path.relpath(link, whole), commit)
            os.replace(inside, folder)
            if inside == whole:
                os.mkdir(clone)  # for the cleanup

    def _leads_out(self, path: str, commit: str) -> StorageUnavailable:
        return StorageUnavailable(
            f"{path!r} in the repository {self.repository} at {commit[:10]} is a link that leads out of the project.",
            subject=self.repository,
            advice="Links are followed inside the project's folder only: put the files themselves there.",
        )

    def _git(self, *arguments: str) -> str:
        environment = {
            **settings.without_secrets(),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ALLOW_PROTOCOL": _PROTOCOLS,
            "LC_ALL": "C",
        }
        if self._token:
            given = b64encode(f"x-access-token:{self._token}".encode()).decode()
            environment |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "http.extraHeader",
                "GIT_CONFIG_VALUE_0": f"Authorization: Basic {given}",
            }
        try:
            done = subprocess.run(
                ["git", *arguments],  # noqa: S607  git is found as its users find it
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                env=environment,
                check=False,
            )
        except FileNotFoundError:
            raise StorageUnavailable("There is no git on this machine.", subject="git", advice="Install it.") from None
        except subprocess.TimeoutExpired:
            raise StorageUnavailable(
                f"The repository {self.repository} did not answer within {SECONDS:.0f} seconds.",
                subject=self.repository,
            ) from None
        if done.returncode:
            reason = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "git gave no reason")
            raise StorageUnavailable(
                f"The repository {self.repository} cannot be read: {reason.strip()}",
                subject=self.repository,
                advice="Check that it exists and that the token can read it.",
            )
        return done.stdout
