"""Where files are that lie on another machine, and as whom they are fetched; never a secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class SftpConnection:
    """A server for SFTP; password, private key or passphrase is the secret of the connection's name.

    Its host key is known by fingerprints (`SHA256:…`), or from the file `known_hosts`, and any other is refused.
    `known_hosts` and `key_file` are paths, relative to the project or from ~.
    """

    name: str
    host: str
    user: str
    port: int = 22
    host_keys: tuple[str, ...] = ()
    known_hosts: str | None = None
    key_file: str | None = None


@dataclass(frozen=True, slots=True)
class S3Connection:
    """A bucket of S3 or of what speaks as it does; the secret access key is the secret of the connection's name.

    `endpoint` None is AWS itself. An `access_key_id` that is None is the secret `NAME_key_id`. `addressing` is
    path or virtual; None leaves it to the library.
    """

    name: str
    bucket: str
    endpoint: str | None = None
    region: str | None = None
    access_key_id: str | None = None
    addressing: str | None = None


RemoteConnection: TypeAlias = SftpConnection | S3Connection
