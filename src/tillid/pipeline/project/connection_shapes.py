"""The shape of the connections in tillid.yml: where databases, APIs and remote files are, and never a password."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tillid.pipeline.project.findings import shortened
from tillid.pipeline.project.schema import (
    JsonSchema,
    Key,
    ListOf,
    MapOf,
    Place,
    Record,
    Scalar,
    Shape,
    Text,
    Variants,
    Whole,
)
from tillid.pipeline.project.words import NAME
from tillid.ports.api import ApiConnection
from tillid.ports.pulled import DatabaseConnection
from tillid.ports.remote import RemoteConnection, S3Connection, SftpConnection

_SECRET_WORDS = ("password", "passwd", "passphrase", "pwd", "secret", "token", "credential", "apikey", "api_key")
_SECRET_KEY = "|".join("".join(f"[{s}{s.upper()}]" if s.isalpha() else s for s in word) for word in _SECRET_WORDS)
"""Found in the name of a key, it would hold what is no part of a project; without flags, as JSON Schema has none."""
_SECRET_INSIDE = re.compile(rf"(?:{_SECRET_KEY})\s*[=:]|://[^/\s]*:[^/\s]*@")
"""Found in a value, it is a connection string with a password in it."""

_NO_SECRETS = (
    "holds a secret, which does not stand in a project: take it out, and change it if others could read it. "
    "A secret comes from the environment (TILLID_SECRET_ and the connection's name in capitals), "
    "from ~/.config/tillid/secrets.toml or from the keyring"
)

_DRIVER = Text(
    pattern=r"[a-z][a-z0-9_]*(?:\+[a-z][a-z0-9_]*)?",
    says="the kind of database: postgresql, mysql, mariadb, mssql, sqlite, or another dialect of SQLAlchemy",
)
# None of these can hold a URL with a password in it, nor user:password.
_HOST = Text(pattern=r"[^\s@?#]+", says="a host name or address, or the folder of a socket, without user or password")
_USER = Text(pattern=r"[^\s:/]+", says="the name of the user alone: the password does not stand here")
_DATABASE = Text(pattern=r"(?!.*://)[^@\n]+", says="the name of the database (SQLite: its file), not a URL")


@dataclass(frozen=True, slots=True)
class WithoutSecrets:
    """A mapping in which no key, however deep, would hold a secret; apart from that, of another shape."""

    shape: Shape

    def check(self, value: object, at: Place) -> None:
        """Note each secret by its line and without what stands there, and every other mistake."""
        kept = value
        if isinstance(value, Mapping):
            kept = {key: item for key, item in value.items() if not holds_secret(key, item)}
            for key in value.keys() - kept.keys():
                at.at(key).found(f"`{shortened(key)}` {_NO_SECRETS}")
        self.shape.check(kept, at)

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        """That of the other shape, without such keys and values."""
        no_text = {"type": "string", "pattern": _SECRET_INSIDE.pattern}
        bar = {"propertyNames": {"not": {"pattern": _SECRET_KEY}}, "additionalProperties": {"not": no_text}}
        return {"allOf": [self.shape.json_schema(defs), bar]}


def holds_secret(key: str, value: object) -> bool:
    """Whether a key is called as a secret is, or its value holds one."""
    return bool(re.search(_SECRET_KEY, key) or (isinstance(value, str) and _SECRET_INSIDE.search(value)))


_ADDRESS = Text(pattern=r"https?://[^\s@?#]+", says="an http or https address, without user or question mark")

_DATABASE_CONNECTION = Record(
    {
        "driver": Key(_DRIVER, "postgresql, mysql, mariadb, mssql, sqlite …", required=True),
        "host": Key(_HOST, "host name or address"),
        "port": Key(Whole(1), "port; default: the driver's"),
        "database": Key(_DATABASE, "name of the database; SQLite: its file, relative to the project"),
        "user": Key(_USER, "who asks; the password is the secret of the connection's name"),
        "options": Key(WithoutSecrets(MapOf(Scalar())), "what the driver is told besides: sslmode, charset …"),
    }
)
_API_CONNECTION = Record(
    {
        "url": Key(_ADDRESS, "address of the API", required=True),
        "user": Key(_USER, "name for basic authentication; the password is the secret of the connection's name"),
        "client_id": Key(Text(), "for OAuth 2: who the client is"),
        "oauth_url": Key(_ADDRESS, "for OAuth 2: where tokens are had"),
    }
)
_FINGERPRINT = Text(pattern=r"SHA256:[A-Za-z0-9+/]{43}=?", says="a fingerprint such as ssh-keygen -l shows: SHA256:…")
_ENDPOINT = Text(
    # What is signed is not encrypted, so beyond this machine it goes through TLS alone.
    pattern=r"https://[^\s@?#]+|http://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?/?",
    says="an https address (http on this machine alone), without user or question mark",
)
_SFTP_CONNECTION = Record(
    {
        "sftp": Key(_HOST, "host name or address of a server for SFTP", required=True),
        "port": Key(Whole(1), "port; default: 22"),
        "user": Key(_USER, "who asks; password, or private key, is the secret of the connection's name", required=True),
        "host_key": Key(
            ListOf(_FINGERPRINT, or_single=True), "fingerprints of the server's host keys; any other is refused"
        ),
        "known_hosts": Key(Text(), "file of known hosts in place of `host_key`, such as ~/.ssh/known_hosts"),
        "key_file": Key(Text(), "file with the private key; a passphrase is the secret of the connection's name"),
    },
    one_of=("host_key", "known_hosts"),
)
_S3_CONNECTION = Record(
    {
        "s3": Key(Text(pattern=r"[A-Za-z0-9][A-Za-z0-9._-]+", says="the name of a bucket"), "bucket", required=True),
        "endpoint": Key(_ENDPOINT, "address of the storage; default: AWS"),
        "region": Key(Text(pattern=r"[A-Za-z0-9-]+", says="a region such as eu-north-1"), "region of the bucket"),
        "access_key_id": Key(
            Text(pattern=r"[A-Za-z0-9_-]+", says="the access key's id alone"),
            "who asks; left out: the secret NAME_key_id. The secret access key is the secret of the connection's name",
        ),
        "addressing": Key(Text(("path", "virtual"), "addressing"), "where requests name the bucket"),
    }
)
CONNECTION = WithoutSecrets(
    Variants(
        {
            "driver": _DATABASE_CONNECTION,
            "url": _API_CONNECTION,
            "sftp": _SFTP_CONNECTION,
            "s3": _S3_CONNECTION,
        },
        "connection",
    )
)
CONNECTIONS = MapOf(CONNECTION, NAME)


def read_connections(values: Mapping[str, Any]) -> dict[str, DatabaseConnection]:
    """The databases among the connections of a tillid.yml whose shape is right, by name."""
    return {
        name: DatabaseConnection(
            name,
            said["driver"],
            said.get("host"),
            said.get("port"),
            said.get("database"),
            said.get("user"),
            {key: _written(value) for key, value in said.get("options", {}).items()},
        )
        for name, said in values.get("connections", {}).items()
        if "driver" in said
    }


def read_apis(values: Mapping[str, Any]) -> dict[str, ApiConnection]:
    """The APIs among the connections of a tillid.yml whose shape is right, by name."""
    return {
        name: ApiConnection(name, said["url"], said.get("user"), said.get("client_id"), said.get("oauth_url"))
        for name, said in values.get("connections", {}).items()
        if "url" in said
    }


def read_remotes(values: Mapping[str, Any]) -> dict[str, RemoteConnection]:
    """The places with files among the connections of a tillid.yml whose shape is right, by name."""
    read = {"sftp": _read_sftp, "s3": _read_s3}
    return {
        name: make(name, said)
        for name, said in values.get("connections", {}).items()
        for key, make in read.items()
        if key in said
    }


def _read_sftp(name: str, said: Mapping[str, Any]) -> RemoteConnection:
    keys = said.get("host_key", ())
    return SftpConnection(
        name,
        said["sftp"],
        said["user"],
        said.get("port", 22),
        (keys,) if isinstance(keys, str) else tuple(keys),
        said.get("known_hosts"),
        said.get("key_file"),
    )


def _read_s3(name: str, said: Mapping[str, Any]) -> RemoteConnection:
    keys = ("endpoint", "region", "access_key_id", "addressing")
    return S3Connection(name, said["s3"], **{key: said.get(key) for key in keys})


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
