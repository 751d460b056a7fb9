"""A real sshd and a server that speaks S3, started by the tests on loopback with keys, folders and users of their own."""

from __future__ import annotations

import base64
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from database_servers import children_of, free_port

LONG_AGO = datetime(2026, 1, 1, 8).timestamp()
ACCESS_KEY = "AKIAEXAMPLE0000"
SECRET_KEY = "hemmelig+noegle/ae-9f3c"
PASSPHRASE = "sætning-9f3c"
_READY_SECONDS = 30


def run(*command: str, **more: object) -> None:
    """Run a program."""
    subprocess.run(command, check=True, capture_output=True, **more)  # type: ignore[call-overload]


def skip_or_fail(reason: str) -> None:
    """Skip, but never where everything must be tested."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


class Sshd:
    """OpenSSH's server for one user, whose folder is `files`; `start` after `kill` finds what was there."""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="tillid-sshd-"))
        self.files = self.folder / "files"
        self.files.mkdir()
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self._process: subprocess.Popen[bytes] | None = None
        self.key("host")
        self.key("client")
        self.key("locked", PASSPHRASE)
        both = [(self.folder / f"{name}.pub").read_text() for name in ("client", "locked")]
        (self.folder / "authorized").write_text("".join(both))

    @staticmethod
    def program() -> str | None:
        """Where Debian puts it, or what PATH finds."""
        there = Path("/usr/sbin/sshd")
        return str(there) if there.is_file() else shutil.which("sshd")

    def key(self, name: str, passphrase: str = "", kind: str = "ed25519") -> None:
        """Make a key, in the place of a former one."""
        for path in (self.folder / name, self.folder / f"{name}.pub"):
            path.unlink(missing_ok=True)
        run("ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(self.folder / name))

    @property
    def private_key(self) -> str:
        """The private key that opens."""
        return (self.folder / "client").read_text()

    @property
    def fingerprint(self) -> str:
        """That of the host key, as ssh-keygen -l shows it."""
        blob = base64.b64decode((self.folder / "host.pub").read_text().split()[1])
        return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")

    def connection(self, **more: object) -> str:
        """What stands under `connections:` for it."""
        said = {"sftp": "127.0.0.1", "port": self.port, "user": self.user, "host_key": self.fingerprint} | more
        return (
            "{"
            + ", ".join(
                f"{key}: '{value}'" if key != "port" else f"port: {value}" for key, value in said.items() if value
            )
            + "}"
        )

    def start(self, also: str | None = None) -> None:
        """Start it, with the host key `also` beside its own, and wait until it answers."""
        if os.geteuid() == 0:
            # Where it empties itself into, as root.
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        lines = (
            f"Port {self.port}",
            "ListenAddress 127.0.0.1",
            f"HostKey {self.folder / 'host'}",
            *([f"HostKey {self.folder / also}"] if also else []),
            f"AuthorizedKeysFile {self.folder / 'authorized'}",
            f"PidFile {self.folder / 'pid'}",
            "UsePAM no",
            "StrictModes no",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "PermitRootLogin prohibit-password",
            f"Subsystem sftp internal-sftp -d {self.files}",
        )
        (self.folder / "config").write_text("\n".join(lines) + "\n")
        log = (self.folder / "log").open("ab")
        command = [str(self.program()), "-D", "-e", "-f", str(self.folder / "config")]
        self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until = time.monotonic() + _READY_SECONDS
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"sshd did not start:\n{(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.05)

    @property
    def is_running(self) -> bool:
        """Whether it was started, and not ended since."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End it and its sessions at once, as when the power fails."""
        assert self._process is not None
        every = [self._process.pid]
        for pid in every:
            every += children_of(pid)
        for pid in every:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it and take its files away."""
        if self._process is not None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def put(self, path: str, content: str | bytes | Iterable[str], at: float = LONG_AGO) -> None:
        """Write a file of the server, dated `at`."""
        place = self.files / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(as_bytes(content))
        os.utime(place, (at, at))

    def remove(self, path: str) -> None:
        """Take a file away."""
        (self.files / path).unlink()

    def rename(self, old: str, new: str) -> None:
        """Give a file another name."""
        (self.files / old).rename(self.files / new)


class S3Server:
    """A server that speaks S3, with the bucket `eksport`."""

    bucket = "eksport"

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def connection(self, **more: object) -> str:
        """What stands under `connections:` for it."""
        said = {"s3": self.bucket, "endpoint": self.endpoint, "access_key_id": ACCESS_KEY, "addressing": "path"} | more
        return "{" + ", ".join(f"{key}: '{value}'" for key, value in said.items() if value) + "}"

    def start(self) -> None:
        """Start it, with an empty bucket."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + _READY_SECONDS
        while True:
            with suppress(OSError, urllib.error.URLError), urllib.request.urlopen(self.endpoint, timeout=2):
                break
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the server of S3 did not start")
            time.sleep(0.1)
        self.client.create_bucket(Bucket=self.bucket)

    @property
    def client(self) -> object:
        """One that may write."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}),
        )

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def empty(self) -> None:
        """Take all files away."""
        for entry in self.client.list_objects_v2(Bucket=self.bucket).get("Contents", ()):  # type: ignore[attr-defined]
            self.remove(entry["Key"])

    def put(self, path: str, content: str | bytes | Iterable[str]) -> None:
        """Write a file."""
        self.client.put_object(Bucket=self.bucket, Key=path, Body=as_bytes(content))  # type: ignore[attr-defined]

    def remove(self, path: str) -> None:
        """Take a file away."""
        self.client.delete_object(Bucket=self.bucket, Key=path)  # type: ignore[attr-defined]


def as_bytes(content: str | bytes | Iterable[str]) -> bytes:
    """Text, or lines, as they stand in a file."""
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else "\n".join(content) + "\n").encode()


def other_fingerprint(text: str) -> str:
    """A fingerprint that is not this one."""
    return "SHA256:" + "".join(reversed(text.removeprefix("SHA256:")))
