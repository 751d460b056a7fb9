"""Servers that are gone, strangers, or will not let us in: each is said in words that help, and nothing stays behind."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import paramiko
import pytest
import s3fs
from fsspec.implementations.sftp import SFTPFileSystem
from remote_projects import ORDER, PEOPLE, items, left_behind, order, project
from remote_servers import PASSPHRASE, SECRET_KEY, S3Server, Sshd, other_fingerprint
from small_projects import CRM_HEAD, ORDERS_HEAD, SmallProject, stored

from tillid.connectors.sources.errors import (
    AccessDenied,
    BucketMissing,
    HostKeyRefused,
    PullError,
    SourceUnreachable,
)
from tillid.connectors.sources.remote.sftp import SftpStorage
from tillid.pipeline.doctor import State, examine
from tillid.terms.errors import TillidError

SECRETS = (SECRET_KEY, PASSPHRASE, "PRIVATE KEY", "forkert-kodeord")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried again without a wait."""
    monkeypatch.setattr("tillid.connectors.sources.remote.storage.LONGEST_WAIT", 0.01)


def refused(made: SmallProject, kind: type[PullError], match: str) -> str:
    """The error of a run, which holds no secret, neither in its text nor in what led to it; doctor says the same."""
    with pytest.raises(kind, match=match) as caught:
        made.run()
    told = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    assert not [secret for secret in SECRETS if secret in told]
    assert caught.value.__context__ is None, "what the library said does not come along"
    assert caught.value.hint
    assert left_behind(made) == []
    (check,) = [check for check in examine(made.folder, "ole").checks if check.name == "orders"]
    assert (check.state, check.found) == (State.FAIL, caught.value.message)
    return told


def test_a_server_is_known_by_its_key_alone(sshd: Sshd, tmp_path: Path) -> None:
    sshd.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    stranger = project(tmp_path / "a", sshd.connection(host_key=other_fingerprint(sshd.fingerprint)), orders=ORDER)
    told = refused(stranger, HostKeyRefused, "shows a.* host key")
    assert sshd.fingerprint in told, "what it shows is said, to be compared with what its owner says"

    made = project(tmp_path / "b", sshd.connection(), orders=ORDER)
    made.run()
    assert {c.name: c for c in examine(made.folder, "ole").checks}["orders"].found == "partner: 1 files"
    before = stored(made.folder)
    sshd.kill()
    sshd.key("host")
    sshd.start()
    refused(made, HostKeyRefused, "shows a.* host key")
    assert stored(made.folder) == before


def test_a_file_of_known_hosts(sshd: Sshd, tmp_path: Path) -> None:
    sshd.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    made = project(tmp_path, sshd.connection(host_key=None, known_hosts="known"), orders=ORDER)
    refused(made, HostKeyRefused, "known can't be read")
    made.put(
        "known",
        "elsewhere.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKX+8Du2YyRBVdHZ7yjGUYYV2TqJrnWJHKqJ0sdpJXRa\n",
    )
    refused(made, HostKeyRefused, "known has no key of")
    made.put("known", f"[127.0.0.1]:{sshd.port} {(sshd.folder / 'host.pub').read_text()}")
    made.run()
    assert items(made) == ["bike"]
    sshd.kill()
    sshd.key("host")
    sshd.start()
    refused(made, HostKeyRefused, "host key")


def test_a_server_with_keys_of_several_kinds_shows_the_known_one(sshd: Sshd, tmp_path: Path) -> None:
    sshd.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    sshd.key("other", kind="rsa")
    made = project(tmp_path, sshd.connection(host_key=None, known_hosts="known"), orders=ORDER)
    made.put("known", f"[127.0.0.1]:{sshd.port} {(sshd.folder / 'other.pub').read_text()}")
    sshd.kill()
    sshd.start(also="other")
    made.run()
    assert items(made) == ["bike"]


def test_who_asks_must_be_let_in(sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sshd.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    made = project(tmp_path, sshd.connection(), orders=ORDER)
    monkeypatch.setenv("TILLID_SECRET_PARTNER", "forkert-kodeord")
    told = refused(made, AccessDenied, "does not let us in as")
    assert "TILLID_SECRET_PARTNER" in told
    sshd.key("nobodys")
    monkeypatch.setenv("TILLID_SECRET_PARTNER", (sshd.folder / "nobodys").read_text())
    refused(made, AccessDenied, "does not let us in as")
    monkeypatch.setenv("TILLID_SECRET_PARTNER", "-----BEGIN OPENSSH PRIVATE KEY-----\ntorn\n")
    refused(made, AccessDenied, "the private key can't be opened")
    monkeypatch.delenv("TILLID_SECRET_PARTNER")
    refused(made, AccessDenied, "there is no password and no key")


def test_a_private_key_in_a_file_with_a_passphrase(sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sshd.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    key = sshd.folder / "locked"
    made = project(tmp_path, sshd.connection(key_file=key), orders=ORDER)
    monkeypatch.delenv("TILLID_SECRET_PARTNER")
    refused(made, AccessDenied, "the private key can't be opened")
    monkeypatch.setenv("TILLID_SECRET_PARTNER", PASSPHRASE)
    made.run()
    assert items(made) == ["bike"]
    key.chmod(0o644)
    refused(made, AccessDenied, "others can read it")


def test_a_folder_that_may_not_be_listed_is_an_error_and_not_left_out(
    tmp_path: Path, sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    sshd.put("ud/a/crm.csv", [CRM_HEAD, "1,ida@example.com,,Ida"])
    made = project(tmp_path, sshd.connection(), orders=PEOPLE.replace("kind: people", "name: orders\nkind: people"))

    def denied(self: Any, path: str, **more: object) -> Any:
        if path.endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return usual(self, path, **more)

    usual = SFTPFileSystem.ls
    monkeypatch.setattr(SFTPFileSystem, "ls", denied)  # who runs the tests may be root, whom nothing is denied
    refused(made, AccessDenied, "may not read it")


@pytest.mark.parametrize("pattern", ["ud/*/crm.csv", "ud/**/crm.csv"])
def test_a_part_of_a_bucket_that_cant_be_listed_is_not_left_out(
    tmp_path: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    for folder in "ab":
        s3.put(f"ud/{folder}/crm.csv", [CRM_HEAD, f"{ord(folder)},{folder}@example.com,,Ida"])
    said = PEOPLE.replace("kind: people", "name: orders\nkind: people").replace("ud/**/crm*.csv", pattern)
    made = project(tmp_path, s3.connection(), orders=said)
    assert made.run().records == 2
    usual = s3fs.S3FileSystem._lsdir

    async def denied(self: Any, path: str, *more: Any, **named: Any) -> Any:
        if "**" in pattern or path.rstrip("/").endswith("/a"):
            raise PermissionError("Access Denied")
        return await usual(self, path, *more, **named)

    monkeypatch.setattr(s3fs.S3FileSystem, "_lsdir", denied)
    refused(made, AccessDenied, "does not let us read")


def test_nobody_answers(sshd: Sshd, s3: S3Server, tmp_path: Path) -> None:
    sshd.kill()
    made = project(tmp_path / "a", sshd.connection(), orders=ORDER)
    refused(made, SourceUnreachable, "does not answer")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        made = project(tmp_path / "b", s3.connection(endpoint=address), orders=ORDER)
        refused(made, SourceUnreachable, "does not answer")


def test_there_is_no_such_bucket_or_no_secret(s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(project(tmp_path / "a", s3.connection(s3="ukendt"), orders=ORDER), BucketMissing, "no bucket 'ukendt'")
    made = project(tmp_path / "b", s3.connection(access_key_id=None), orders=ORDER)
    assert "TILLID_SECRET_PARTNER_KEY_ID" in refused(made, AccessDenied, "there is no access key id")
    monkeypatch.setenv("TILLID_SECRET_PARTNER_KEY_ID", "AKIAEXAMPLE0000")
    s3.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    made.run()
    assert items(made) == ["bike"]
    monkeypatch.delenv("TILLID_SECRET_PARTNER")
    refused(made, AccessDenied, "there is no secret access key")


@pytest.fixture
def strict() -> Iterator[str]:
    """A storage that lets nobody in."""

    class Denies(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<Error><Code>SignatureDoesNotMatch</Code><Message>secret text</Message></Error>"
            self.send_response(403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Denies)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_wrong_access_key(s3: S3Server, strict: str, tmp_path: Path) -> None:
    made = project(tmp_path, s3.connection(endpoint=strict), orders=ORDER)
    assert "secret text" not in refused(made, AccessDenied, "does not let us read in the bucket 'eksport'")


def test_a_server_killed_in_the_middle_of_a_file(
    sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = project(tmp_path, sshd.connection(), orders=ORDER)
    sshd.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    made.run()
    before = stored(made.folder)
    sshd.put("ud/orders-2.csv", [ORDERS_HEAD, *(order(f"item {n}", n) for n in range(150_000))])
    told: list[str] = []

    def kill_midway(self: Any, what: str) -> None:
        told.append(what)
        if len(told) == 2:
            sshd.kill()

    monkeypatch.setattr("tillid.pipeline.progress.Silent.tell", kill_midway)
    with pytest.raises(SourceUnreachable, match="does not answer, or the connection was lost"):
        made.run()
    assert stored(made.folder) == before
    assert left_behind(made) == []

    # It comes back before the last try: the download goes on where it was cut off.
    sshd.start()
    told.clear()
    let_go = SftpStorage.drop

    def back_again(self: SftpStorage) -> None:
        let_go(self)
        if not sshd.is_running:
            sshd.start()

    monkeypatch.setattr(SftpStorage, "drop", back_again)
    assert made.run().events == 150_001
    reached = [int(part.split()[1]) for part in told if part]
    assert reached == sorted(reached), "it does not begin again"
    assert not [secret for secret in SECRETS if secret in caplog.text]


KILLED = """
import os, signal, sys
from pathlib import Path
from tillid.pipeline.progress import Silent
from small_projects import SmallProject
Silent.tell = lambda self, what: os.kill(os.getpid(), signal.SIGKILL)
SmallProject.there(Path(sys.argv[1])).run()
"""


def test_what_a_killed_run_left_is_gone_with_the_next(remote: Sshd | S3Server, tmp_path: Path) -> None:
    made = project(tmp_path, remote.connection(), orders=ORDER)
    remote.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    made_in = [sys.executable, "-c", KILLED, str(made.folder)]
    ended = subprocess.run(made_in, env=environment(), capture_output=True, check=False)
    assert ended.returncode == -9, ended.stderr.decode()
    left = left_behind(made)
    assert [path for path in left if path.is_file()], "it was killed while it fetched"
    assert all(path.stat().st_mode & 0o077 == 0 for path in left), "nobody else could read it"
    made.run()
    assert items(made) == ["bike"]
    assert left_behind(made) == []


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": ":".join(path for path in sys.path if path)}


class _LetsIn(paramiko.ServerInterface):
    """An SSH server that takes one password."""

    def __init__(self) -> None:
        self.given: list[tuple[str, str]] = []

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        self.given.append((username, password))
        return int(paramiko.AUTH_FAILED)


def test_a_password_is_given_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLID_SECRETS_FILE", str(tmp_path / "none.toml"))
    monkeypatch.setenv("TILLID_SECRET_PARTNER", "kodeord-æøå-9f3c")
    key, asked = paramiko.ECDSAKey.generate(), _LetsIn()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    opened, _ = server.accept()
                except OSError:
                    return
                transport = paramiko.Transport(opened)
                transport.add_server_key(key)
                transport.start_server(server=asked, event=threading.Event())

        threading.Thread(target=serve, daemon=True).start()
        said = f"{{sftp: 127.0.0.1, port: {server.getsockname()[1]}, user: ida, host_key: '{key.fingerprint}'}}"
        with pytest.raises(AccessDenied, match="does not let us in as 'ida'"):
            project(tmp_path, said, orders=ORDER).run()
    assert asked.given == [("ida", "kodeord-æøå-9f3c")]


@pytest.mark.parametrize(
    ("connection", "said"),
    [
        ("{sftp: files.example.com, user: ida}", "host_key"),
        ("{sftp: files.example.com, user: ida, host_key: any}", "host_key"),
        ("{sftp: files.example.com, user: ida, host_key: 'SHA256:%s', password: x}" % ("a" * 43), "secret"),
        ("{s3: eksport, endpoint: 'http://s3.example.com'}", "https"),
        ("{s3: eksport, secret_access_key: x}", "secret"),
        ("{s3: eksport, addressing: sideways}", "path"),
        ("{driver: sqlite, database: shop.db}", "`sftp` or `s3`"),
    ],
)
def test_a_connection_that_would_not_be_safe_is_a_mistake(tmp_path: Path, connection: str, said: str) -> None:
    made = project(tmp_path, connection, orders=ORDER)
    with pytest.raises(TillidError) as caught:
        made.run()
    assert said in str(caught.value), str(caught.value)


def test_from_needs_files_and_a_connection_that_is_there(tmp_path: Path) -> None:
    made = project(tmp_path, "{s3: eksport}", orders=ORDER.replace("from: partner", "from: partnr"))
    with pytest.raises(TillidError, match="partner"):
        made.run()
