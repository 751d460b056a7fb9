"""Files on a server that speaks SFTP; a host key that nobody vouched for is refused."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import IO, Any

import paramiko
from fsspec.core import has_magic
from fsspec.implementations.sftp import SFTPFileSystem

from tillid.connectors.sources.errors import AccessDenied, HostKeyRefused, PullRefused, SourceError, SourceUnreachable
from tillid.connectors.sources.remote.storage import CONNECT_SECONDS, READ_SECONDS, RemoteState, in_utc
from tillid.ports.remote import SftpConnection
from tillid.ports.secrets import Secrets

_KEEP_ALIVE_SECONDS = 30
_REQUESTS_AHEAD = 64
"""Parts of 32 KiB that are asked for before the first has come: a line far away stays full, and memory small."""
_BLOCK = 2 << 20
_KEY_BEGINS = "-----BEGIN"
_OTHERS = 0o077
_KEY_TYPES = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
_RSA = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")

# Without a handler, what paramiko logs of a lost connection would stand on stderr with its frames.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class _NotVouchedFor(paramiko.SSHException):  # type: ignore[misc]  # paramiko has no types
    """The server has a key that it is not known by."""

    def __init__(self, shown: str) -> None:
        super().__init__("the host key is not known")
        self.shown = shown


class _Known(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko has no types
    """Lets those host keys pass that the project names; there is no way to take up another."""

    def __init__(self, fingerprints: tuple[str, ...], keys: Mapping[str, paramiko.PKey]) -> None:
        self._fingerprints = {fingerprint.rstrip("=") for fingerprint in fingerprints}
        self._fingerprints |= {key.fingerprint.rstrip("=") for key in keys.values()}

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002
        """Refuse any other."""
        if key.fingerprint.rstrip("=") not in self._fingerprints:
            raise _NotVouchedFor(f"{key.fingerprint.rstrip('=')} ({key.get_name()})")


class _Listed(SFTPFileSystem):  # type: ignore[misc]  # fsspec has no types
    """In which a folder that can't be listed is an error: fsspec leaves out those below the first, and their files."""

    def walk(self, path: str, maxdepth: int | None = None, **more: Any) -> Any:
        """Every folder, or an error."""
        return super().walk(path, maxdepth, **(more | {"on_error": "raise"}))


class _Ahead(io.RawIOBase):
    """A file from `offset` on, block by block: a handle of paramiko's that asks ahead keeps what it was given."""

    def __init__(self, system: SFTPFileSystem, path: str, size: int, offset: int) -> None:
        self._system, self._path, self._size, self._at = system, path, size, offset

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, into: Any) -> int:
        """The next block, as far as there is room for it."""
        wanted = min(len(into), _BLOCK, max(self._size - self._at, 1))
        with self._system.open(self._path, "rb") as file:
            file.seek(self._at)
            file._prefetch_thread = partial(_unless_lost, file._prefetch_thread)
            file.prefetch(self._at + wanted, max_concurrent_requests=_REQUESTS_AHEAD)
            part = file.read(wanted)
        into[: len(part)] = part
        self._at += len(part)
        return len(part)


class SftpStorage:
    """The files of `connection`; relative paths begin in the folder that the server puts its user in. A `Storage`."""

    failures: tuple[type[Exception], ...] = (paramiko.SSHException, OSError, EOFError)
    settles = True

    def __init__(self, connection: SftpConnection, project: Path, secrets: Secrets) -> None:
        self.name = f"sftp:{connection.name}"
        self._connection, self._project, self._secrets = connection, project, secrets
        self._open: SFTPFileSystem | None = None

    def matches(self, pattern: str) -> Mapping[str, RemoteState]:
        """The files that a glob matches; a folder on the way that can't be listed is an error, not left out."""
        if not has_magic(pattern):
            state = self.state(pattern)
            return {} if state is None else {pattern: state}
        try:
            # Names in the folder that one begins in are told only where it is called by one.
            entries = self._system.glob(pattern if pattern.startswith("/") else f"./{pattern}", detail=True)
        except FileNotFoundError:
            return {}
        found = {}
        for path, entry in entries.items():
            if PurePosixPath(path).name.startswith(".") or entry["type"] == "directory":
                continue
            state = self.state(path) if entry["type"] == "link" else _state_of(entry)
            if state is not None:
                found[path.removeprefix("./")] = state
        return found

    def beside(self, pattern: str) -> list[str]:
        """The files in the folder of a pattern."""
        folder = str(PurePosixPath(pattern).parent)
        if has_magic(folder):
            return []
        try:
            return sorted(entry["name"] for entry in self._system.ls(folder, detail=True) if entry["type"] == "file")
        except (FileNotFoundError, PermissionError):
            return []

    def state(self, path: str) -> RemoteState | None:
        """What the file is now."""
        try:
            found = self._system.ftp.stat(path)
        except FileNotFoundError:
            return None
        if not S_ISREG(found.st_mode or 0):
            return None
        return _state_of(SFTPFileSystem._decode_stat(found))

    def open(self, path: str, state: RemoteState, offset: int) -> IO[bytes]:
        """The bytes from `offset` on."""
        return io.BufferedReader(_Ahead(self._system, path, state.size, offset), _BLOCK)

    def drop(self) -> None:
        """Let the connection go."""
        if self._open is not None:
            self._open.client.close()
            self._open = None

    def explained(self, error: Exception, name: str) -> SourceError:
        """What went wrong."""
        said = self._connection
        where = f"{said.host}:{said.port}"
        if isinstance(error, _NotVouchedFor):
            hint = (
                "Ask who runs the server which keys are its own. Only if they name this one, put it under `host_key` "
                "in tillid.yml; otherwise somebody may stand between."
            )
            return HostKeyRefused(name, f"{where} shows a host key that is not known: {error.shown}", hint=hint)
        if isinstance(error, paramiko.AuthenticationException):
            hint = f"Check user and secret. {self._secrets.where(said.name)}."
            return AccessDenied(name, f"{where} does not let us in as {said.user!r}", hint=hint)
        if isinstance(error, PermissionError):
            return AccessDenied(name, f"{said.user!r} may not read it", hint="Ask who runs the server for the right.")
        if isinstance(error, FileNotFoundError):
            return PullRefused(name, "the file or folder is gone", hint="Run again, or see `files`.")
        if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
            hint = "The server must speak a newer version of SSH."
            return PullRefused(name, f"{where} and we have no way to encrypt in common", hint=hint)
        hint = f"Check host and port in tillid.yml, that the server runs, and that no firewall is between: {where}."
        return SourceUnreachable(name, f"{where} does not answer, or the connection was lost", hint=hint)

    @property
    def _system(self) -> SFTPFileSystem:
        if self._open is None:
            self._open = self._connected()
        return self._open

    def _connected(self) -> SFTPFileSystem:
        said = self._connection
        keys = self._known_keys()
        more: dict[str, Any] = {}
        if keys:
            # The server is asked for a key of a kind that is known; else it might show another of its own.
            wanted = {*keys, *(_RSA if "ssh-rsa" in keys else ())}
            offered = paramiko.Transport._preferred_keys
            more["disabled_algorithms"] = {"keys": [kind for kind in offered if kind not in wanted]}
        made = _Listed(
            said.host,
            port=said.port,
            username=said.user,
            host_key_policy=_Known(said.host_keys, keys),
            allow_agent=False,
            look_for_keys=False,
            timeout=CONNECT_SECONDS,
            banner_timeout=CONNECT_SECONDS,
            auth_timeout=2 * CONNECT_SECONDS,
            skip_instance_cache=True,
            **self._credentials(),
            **more,
        )
        made.client.get_transport().set_keepalive(_KEEP_ALIVE_SECONDS)
        made.ftp.get_channel().settimeout(READ_SECONDS)
        return made

    def _known_keys(self) -> Mapping[str, paramiko.PKey]:
        """The keys of the server in the file of known hosts, by kind."""
        said = self._connection
        if said.known_hosts is None:
            return {}
        try:
            hosts = paramiko.HostKeys(str(self._path(said.known_hosts)))
        except OSError:
            hosts = None
        if hosts is None:
            raise HostKeyRefused(self.name, f"{said.known_hosts} can't be read", hint="See `known_hosts`.")
        found = hosts.lookup(said.host if said.port == 22 else f"[{said.host}]:{said.port}")
        if not found:
            hint = "Ask who runs the server for its host key, and put it there, or its fingerprint under `host_key`."
            raise HostKeyRefused(self.name, f"{said.known_hosts} has no key of {said.host}:{said.port}", hint=hint)
        return dict(found)

    def _credentials(self) -> dict[str, Any]:
        said = self._connection
        secret = self._secrets.find(said.name)
        if said.key_file is not None:
            path = self._path(said.key_file)
            try:
                text = path.read_text()
                is_open = bool(path.stat().st_mode & _OTHERS)
            except (OSError, UnicodeDecodeError):
                text, is_open = "", False
            if not text:
                raise AccessDenied(self.name, f"{said.key_file} can't be read", hint="See `key_file`.")
            if is_open:
                hint = f"Run: chmod 600 {said.key_file}"
                raise AccessDenied(self.name, f"{said.key_file} holds a private key, and others can read it", hint=hint)
            return {"pkey": self._key(text, None if secret is None else secret.reveal())}
        if secret is None:
            raise AccessDenied(self.name, "there is no password and no key for it", hint=self._secrets.where(said.name))
        if secret.reveal().lstrip().startswith(_KEY_BEGINS):
            return {"pkey": self._key(secret.reveal().strip() + "\n", None)}
        return {"password": secret.reveal()}

    def _key(self, text: str, passphrase: str | None) -> paramiko.PKey:
        for kind in _KEY_TYPES:
            try:
                return kind.from_private_key(io.StringIO(text), passphrase)
            except paramiko.PasswordRequiredException:
                break
            except (paramiko.SSHException, ValueError):
                continue
        where = self._secrets.where(self._connection.name)
        hint = f"It must be an Ed25519, ECDSA or RSA key; its passphrase is the secret. {where}."
        raise AccessDenied(self.name, "the private key can't be opened", hint=hint)

    def _path(self, said: str) -> Path:
        return self._project / os.path.expanduser(said)


def _unless_lost(ask: Callable[..., None], *given: Any) -> None:
    """Ask ahead, in a thread of paramiko's: who reads is told of a lost connection, and stderr need not be."""
    with suppress(*SftpStorage.failures):
        ask(*given)


def _state_of(entry: Mapping[str, Any]) -> RemoteState:
    return RemoteState(int(entry["size"]), in_utc(entry["mtime"]))
