"""Files in a bucket of S3, or of a storage that speaks as S3 does."""

from __future__ import annotations

import errno
import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import PurePosixPath
from typing import IO, Any

import aiohttp
import s3fs
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError, SSLError
from fsspec.core import has_magic

from tillid.connectors.sources.errors import (
    AccessDenied,
    BucketMissing,
    PullRefused,
    SourceError,
    SourceUnreachable,
)
from tillid.connectors.sources.remote.storage import CONNECT_SECONDS, READ_SECONDS, RemoteState, in_utc
from tillid.ports.remote import S3Connection
from tillid.ports.secrets import Secrets

_BLOCK = 8 << 20
_LATER = (errno.EBUSY, errno.EIO, errno.ECONNRESET, errno.ECONNREFUSED, errno.EPIPE, errno.ETIMEDOUT)

logging.getLogger("s3fs").addHandler(logging.NullHandler())


class _Listed(s3fs.S3FileSystem):  # type: ignore[misc]  # s3fs has no types
    """In which a folder that can't be listed is an error: fsspec leaves it out, and its files."""

    async def _walk(self, path: str, maxdepth: int | None = None, **more: Any) -> AsyncIterator[Any]:
        async for found in super()._walk(path, maxdepth, **(more | {"on_error": "raise"})):
            yield found


class S3Storage:
    """The files of a bucket, by key. A `Storage`."""

    failures: tuple[type[Exception], ...] = (OSError, BotoCoreError, ClientError, aiohttp.ClientError, TimeoutError)
    settles = False

    def __init__(self, connection: S3Connection, secrets: Secrets) -> None:
        self.name = f"s3:{connection.name}"
        self._connection, self._secrets = connection, secrets
        self._open: s3fs.S3FileSystem | None = None

    def matches(self, pattern: str) -> Mapping[str, RemoteState]:
        """The files that a glob matches."""
        if not has_magic(pattern):
            state = self.state(pattern)
            return {} if state is None else {pattern: state}
        try:
            found = self._system.glob(self._whole(pattern), detail=True)
        except FileNotFoundError:
            return {}
        return {
            self._key(path): _state_of(entry)
            for path, entry in found.items()
            if entry["type"] == "file" and not PurePosixPath(path).name.startswith(".") and not path.endswith("/")
        }

    def beside(self, pattern: str) -> list[str]:
        """The files in the folder of a pattern."""
        folder = str(PurePosixPath(pattern).parent)
        if has_magic(folder):
            return []
        try:
            entries = self._system.ls(self._whole("" if folder == "." else folder), detail=True)
        except FileNotFoundError:
            return []
        return sorted(self._key(entry["name"]) for entry in entries if entry["type"] == "file")

    def state(self, path: str) -> RemoteState | None:
        """What the file is now."""
        try:
            entry = self._system.info(self._whole(path))
        except FileNotFoundError:
            return None
        return _state_of(entry) if entry["type"] == "file" else None

    def open(self, path: str, state: RemoteState, offset: int) -> IO[bytes]:
        """The bytes from `offset` on; each request says which content it wants, and gets no other."""
        file = self._system.open(self._whole(path), "rb", block_size=_BLOCK, cache_type="readahead")
        if _state_of(file.details) != state:
            raise FileNotFoundError
        file.seek(offset)
        opened: IO[bytes] = file
        return opened

    def drop(self) -> None:
        """Let the connection go."""
        self._open = None

    def explained(self, error: Exception, name: str) -> SourceError:
        """What went wrong."""
        said = self._connection
        where = said.endpoint or "S3"
        if isinstance(error, FileNotFoundError):
            return PullRefused(name, "the file is gone", hint="Run again, or see `files`.")
        if isinstance(error, PermissionError):
            hint = f"Check the access key and its rights to list and to read. {self._secrets.where(said.name)}."
            return AccessDenied(name, f"{where} does not let us read in the bucket {said.bucket!r}", hint=hint)
        if isinstance(error, SSLError):
            return PullRefused(name, f"the certificate of {where} is not trusted", hint="See `endpoint`.")
        if isinstance(error, ParamValidationError):
            return PullRefused(name, "this can't be the name of a bucket or key", hint="See `s3` and `files`.")
        if isinstance(error, ClientError) or (isinstance(error, OSError) and error.errno not in (None, *_LATER)):
            hint = "Check `s3`, `endpoint`, `region` and `addressing` in tillid.yml."
            return PullRefused(name, f"{where} can't do what was asked", hint=hint)
        hint = f"Check `endpoint` in tillid.yml, that it runs, and that no firewall is between: {where}."
        return SourceUnreachable(name, f"{where} does not answer, or the connection was lost", hint=hint)

    @property
    def _system(self) -> s3fs.S3FileSystem:
        if self._open is None:
            made, is_there = self._made(), True
            try:
                made.call_s3("list_objects_v2", Bucket=self._connection.bucket, MaxKeys=1)
            except FileNotFoundError:
                is_there = False
            if not is_there:
                said = f"there is no bucket {self._connection.bucket!r}"
                raise BucketMissing(self.name, said, hint="See `s3` and `region` in tillid.yml.")
            self._open = made
        return self._open

    def _made(self) -> s3fs.S3FileSystem:
        said = self._connection
        secret, key_id = self._secrets.find(said.name), said.access_key_id
        if key_id is None:
            kept = self._secrets.find(f"{said.name}_key_id")
            key_id = None if kept is None else kept.reveal()
        if key_id is None or secret is None:
            lacks, of = ("access key id", f"{said.name}_key_id") if key_id is None else ("secret access key", said.name)
            raise AccessDenied(self.name, f"there is no {lacks} for it", hint=self._secrets.where(of))
        config: dict[str, Any] = {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": READ_SECONDS,
            "retries": {"max_attempts": 0},
        }
        if said.addressing is not None:
            config["s3"] = {"addressing_style": said.addressing}
        made = _Listed(
            key=key_id,
            secret=secret.reveal(),
            endpoint_url=said.endpoint,
            client_kwargs={"region_name": said.region} if said.region else None,
            config_kwargs=config,
            use_listings_cache=False,
            skip_instance_cache=True,
        )
        # What is tried again is tried again in one place, `asked`.
        made.retries = 1
        return made

    def _whole(self, path: str) -> str:
        return f"{self._connection.bucket}/{path}" if path else self._connection.bucket

    def _key(self, path: str) -> str:
        return path.removeprefix(f"{self._connection.bucket}/")


def _state_of(entry: Mapping[str, Any]) -> RemoteState:
    return RemoteState(int(entry["size"]), in_utc(entry["LastModified"]), str(entry.get("ETag", "")))
