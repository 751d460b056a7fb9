"""Servers that the tests fetch files from: a real sshd, and one that speaks S3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from remote_servers import SECRET_KEY, S3Server, Sshd, skip_or_fail


@pytest.fixture
def sshd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sshd]:
    """A server for SFTP with an empty folder; the private key for it is the secret `partner`."""
    if Sshd.program() is None:
        skip_or_fail("sshd is not installed: apt-get install openssh-server")
    monkeypatch.setenv("TILLID_SECRETS_FILE", str(tmp_path / "none.toml"))
    server = Sshd()
    try:
        monkeypatch.setenv("TILLID_SECRET_PARTNER", server.private_key)
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """The one server of the session."""
    server = S3Server()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def s3(s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """An empty bucket; the secret access key for it is the secret `partner`."""
    monkeypatch.setenv("TILLID_SECRETS_FILE", str(tmp_path / "none.toml"))
    monkeypatch.setenv("TILLID_SECRET_PARTNER", SECRET_KEY)
    yield s3_server
    s3_server.empty()


@pytest.fixture(params=["sftp", "s3"])
def remote(request: pytest.FixtureRequest) -> Sshd | S3Server:
    """Each of the two."""
    server: Sshd | S3Server = request.getfixturevalue({"sftp": "sshd", "s3": "s3"}[request.param])
    return server
