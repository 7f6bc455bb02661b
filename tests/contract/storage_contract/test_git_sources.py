"""Code from a git repository: links in it lead to files of the project, or it is refused."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from armillary.core.errors import StorageUnavailable
from armillary.stores.git import GitSource

Repository = Callable[[dict[str, str], dict[str, str]], str]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Makes one of files and links by their paths."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("hush")

    def make(files: dict[str, str], links: dict[str, str]) -> str:
        root = tmp_path / "repository"
        root.mkdir()
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        for path, target in links.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).symlink_to(target.replace("OUTSIDE", str(tmp_path / "outside")))
        git = ["git", "-c", "user.email=a@example.org", "-c", "user.name=a"]
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
            subprocess.run([*git, *words], cwd=root, check=True)
        return str(root)

    return make


LEADING_OUT = {
    "the folder itself": ({"a.py": ""}, {"sub": "OUTSIDE"}, "sub"),
    "the folder above it": ({"a.py": ""}, {"sub": "OUTSIDE"}, "sub/."),
    "a relative folder": ({"a.py": ""}, {"sub": "../outside"}, "sub"),
    "a file": ({"a.py": ""}, {"b.py": "OUTSIDE/secret"}, ""),
    "a relative file": ({"a.py": ""}, {"deep/b.py": "../../outside/secret"}, ""),
    "a folder in it": ({"a.py": ""}, {"lib": "OUTSIDE"}, ""),
    "a way by another link": ({"a.py": ""}, {"up": "..", "b.py": "up/outside/secret"}, ""),
    "something that is not there": ({"a.py": ""}, {"b.py": "/nowhere"}, ""),
    "a file beside the folder": ({"a.py": "", "sub/b.py": ""}, {"sub/c.py": "../a.py"}, "sub"),
}


@pytest.mark.parametrize(("files", "links", "folder"), LEADING_OUT.values(), ids=LEADING_OUT)
def test_a_link_that_leads_out_of_the_project_is_refused(
    files: dict[str, str], links: dict[str, str], folder: str, repository: Repository, tmp_path: Path
) -> None:
    source = GitSource(repository(files, links), "", folder)
    with pytest.raises(StorageUnavailable, match="leads out"):
        source.fetch(source.commit(), str(tmp_path / "cache" / "project"))
    assert list((tmp_path / "cache").iterdir()) == []


def test_links_inside_the_project_are_taken_as_links(repository: Repository, tmp_path: Path) -> None:
    source = GitSource(
        repository(
            {"v1/a.py": "one", "b/c.py": ""},
            {"v": "v1", "b/a.py": "../v/a.py"},
        )
    )
    to = tmp_path / "cache" / "project"
    source.fetch(source.commit(), str(to))
    assert (to / "v").readlink() == Path("v1")
    assert (to / "b" / "a.py").read_text() == "one"


def test_a_folder_that_is_a_link_inside_the_repository_is_that_folder(repository: Repository, tmp_path: Path) -> None:
    source = GitSource(repository({"v1/a.py": "one"}, {"v": "v1"}), "", "v")
    to = tmp_path / "cache" / "project"
    source.fetch(source.commit(), str(to))
    assert not to.is_symlink()
    assert (to / "a.py").read_text() == "one"


@pytest.mark.parametrize("folder", [".git", ".git/hooks", "a.py", "nowhere"])
def test_what_is_no_folder_of_the_repository_is_told(folder: str, repository: Repository, tmp_path: Path) -> None:
    source = GitSource(repository({"a.py": ""}, {}), "", folder)
    with pytest.raises(StorageUnavailable, match="has no folder"):
        source.fetch(source.commit(), str(tmp_path / "cache" / "project"))
