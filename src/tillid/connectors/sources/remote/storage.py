"""What is asked of a place with remote files, and how it is asked again where what stands in the way may pass."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO, Protocol, TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from tillid.connectors.sources.errors import SourceError, SourceUnreachable

ATTEMPTS = 5
"""How often something is asked that may pass by itself."""
LONGEST_WAIT = 8.0
CONNECT_SECONDS = 10
READ_SECONDS = 60
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class RemoteState:
    """What tells one content of a remote file from another: bytes, time of change, the server's tag if it has one."""

    size: int
    modified_at: datetime
    tag: str = ""

    @property
    def digest(self) -> str:
        """A digest of it: another content, another digest."""
        return sha256(f"{self.size} {self.modified_at.isoformat()} {self.tag}".encode()).hexdigest()


class Storage(Protocol):
    """A place with files. What its methods raise besides a SourceError is among `failures`, and `explained` tells."""

    name: str
    failures: tuple[type[Exception], ...]
    settles: bool
    """Whether a file shows before all of it is there."""

    def matches(self, pattern: str) -> Mapping[str, RemoteState]:
        """The files that a glob matches, by path; hidden ones are left out."""
        ...

    def beside(self, pattern: str) -> list[str]:
        """The files in the folder of a pattern, for who mistyped it."""
        ...

    def state(self, path: str) -> RemoteState | None:
        """What the file is now; None where there is none."""
        ...

    def open(self, path: str, state: RemoteState, offset: int) -> IO[bytes]:
        """The bytes from `offset` on. Where they are known to be others than `state` tells: FileNotFoundError."""
        ...

    def drop(self) -> None:
        """Let the connection go; the next question makes a new one."""
        ...

    def explained(self, error: Exception, name: str) -> SourceError:
        """What went wrong with what is called `name`, in our words, without what the library said."""
        ...


def asked(storage: Storage, name: str, ask: Callable[[], _Result]) -> _Result:
    """What `ask` gives, over a new connection each time it is tried again. Errors: SourceError."""
    again = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential_jitter(multiplier=0.5, max=LONGEST_WAIT),
        retry=retry_if_exception_type(SourceUnreachable),
        reraise=True,
    )
    for attempt in again:
        with attempt:
            return _in_our_words(storage, name, ask)
    raise AssertionError("the last attempt raises")


def _in_our_words(storage: Storage, name: str, ask: Callable[[], _Result]) -> _Result:
    try:
        return ask()
    except storage.failures as error:
        if isinstance(error, OSError) and error.errno in _DISK_FULL:
            raise
        failure = storage.explained(error, name)
        storage.drop()
    # Raised out here, so that what the library said, and its frames with the password, do not come along.
    raise failure


def in_utc(at: datetime) -> datetime:
    """A time without its zone, in UTC."""
    return at.astimezone(UTC).replace(tzinfo=None)
