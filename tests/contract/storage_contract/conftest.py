"""An object store and a repository, as real as a test can have them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

S3Bucket = dict[str, str]
"""The options of a storage block."""


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Its address. It keeps what it is given as long as the tests last."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_server: str) -> S3Bucket:
    """An empty bucket."""
    name = f"bucket-{uuid4().hex}"
    keys = {"aws_access_key_id": "mine", "aws_secret_access_key": "open sesame"}
    boto3.client("s3", endpoint_url=s3_server, region_name="us-east-1", **keys).create_bucket(Bucket=name)
    return {"bucket": name, "endpoint_url": s3_server, "region_name": "us-east-1", **keys}


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., str]:
    """``repository(name=text, …)`` commits these files and says the commit."""
    folder = tmp_path / "repository"
    folder.mkdir()

    def git(*arguments: str) -> str:
        options = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
        done = subprocess.run(["git", *options, *arguments], cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "--quiet")

    def commit(files: dict[str, str], tag: str | None = None) -> str:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        git("add", ".")
        git("commit", "--quiet", "-m", "more")
        if tag:
            git("tag", "-a", tag, "-m", tag)
        return git("rev-parse", "HEAD")

    return commit
