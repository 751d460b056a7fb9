"""The one place that knows which store and which plug-ins stand behind the ports."""

from __future__ import annotations

from collections.abc import Sequence
from glob import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from tillid.connectors.destinations.file import FileDestination
from tillid.connectors.secrets.kept_secrets import KeptSecrets
from tillid.connectors.sources.errors import DriverMissing
from tillid.connectors.sources.files import FileSource
from tillid.connectors.sources.remote.private_copies import sweep
from tillid.connectors.sources.spread_sample import spread_sample
from tillid.pipeline.progress import Silent
from tillid.pipeline.project.project import Project
from tillid.ports.api import FromApi
from tillid.ports.audit import AuditLog
from tillid.ports.clock import system_clock
from tillid.ports.destination import Destination
from tillid.ports.pulled import FromDatabase, Pulled
from tillid.ports.remote import SftpConnection
from tillid.ports.secrets import Secrets
from tillid.ports.source import BATCH_ROWS, Look, ReadAs, Source, TableFiles, Tell
from tillid.ports.store import Store
from tillid.stages.activate.definitions import DestinationDefinition
from tillid.stages.ingest.definitions import Load, SourceDefinition, SourceKind
from tillid.stores.audit_log import FileAuditLog, Verdict, verify

if TYPE_CHECKING:
    from tillid.connectors.sources.api.address import Address
    from tillid.connectors.sources.remote.storage import Storage

STATE = ".tillid"
"""The folder in a project where its state rests."""
AUDIT = "audit.ndjson"
_FOR_DATABASES = ("dlt", "sqlalchemy", "tenacity")
_FOR_APIS = ("cryptography", "dlt", "requests")
_UNTOLD = Silent().tell
_FOR_REMOTE = ("fsspec", "paramiko", "s3fs", "tenacity")


def audit_log(folder: Path) -> AuditLog:
    """The audit log of the project in `folder`."""
    state = folder / STATE
    state.mkdir(mode=0o700, exist_ok=True)
    return FileAuditLog(state / AUDIT)


def audit_verdict(folder: Path) -> Verdict | None:
    """Whether the audit log of the project in `folder` is unbroken; None where there is none yet."""
    path = folder / STATE / AUDIT
    return verify(path) if path.is_file() else None


def open_store(project: Project, audit: AuditLog, held_by: str) -> Store:
    """The project's store, held for this process. `StoreHeld` when another process has it."""
    state = project.folder / STATE
    state.mkdir(mode=0o700, exist_ok=True)
    sweep(state)
    if project.store == "spark":
        # Imported here: PySpark is an extra that most projects do without.
        from tillid.stores.spark import SparkStore  # noqa: PLC0415

        return SparkStore(project.folder, audit, held_by=held_by)
    from tillid.stores.duckdb import DuckDbStore  # noqa: PLC0415  each engine loads only where it is used

    return DuckDbStore(project.folder, audit, held_by=held_by)


def open_source(project: Project, source: SourceDefinition, tell: Tell = _UNTOLD) -> Source:
    """The reader of a source's files, on this machine or another; `tell` is told how far a download is."""
    if source.from_ is None:
        return FileSource(project.folder, source.files, source.read_as, only=source.headers)
    return _open_remote(project, source.from_, source.files, (source.read_as, source.headers), tell)


def open_remote_file(project: Project, connection: str, path: str) -> Source:
    """The reader of one file at the other end of a connection that no source declares yet."""
    return _open_remote(project, connection, (escape(path),), (ReadAs(), None), _UNTOLD)


def _open_remote(
    project: Project,
    connection: str,
    patterns: tuple[str, ...],
    read: tuple[ReadAs, Sequence[str] | None],
    tell: Tell,
) -> Source:
    hint = "Run: pip install 'tillid[remote]'"
    _require(connection, "files on other machines", _FOR_REMOTE, hint)
    from tillid.connectors.sources.remote.source import RemoteFiles, RemoteRequest  # noqa: PLC0415  an extra

    state = project.folder / STATE
    state.mkdir(mode=0o700, exist_ok=True)
    request = RemoteRequest(patterns, state, *read)
    return RemoteFiles(_storage(project, connection), request, system_clock, tell)


def _storage(project: Project, connection: str) -> Storage:
    said = project.remotes[connection]
    if isinstance(said, SftpConnection):
        from tillid.connectors.sources.remote.sftp import SftpStorage  # noqa: PLC0415  an extra

        return SftpStorage(said, project.folder, secrets(project))
    from tillid.connectors.sources.remote.s3 import S3Storage  # noqa: PLC0415  slow to load

    return S3Storage(said, secrets(project))


def open_pulled(project: Project, source: SourceDefinition) -> Pulled:
    """What a source is pulled from: its table, or its resource of an API."""
    if source.api is not None:
        return _open_api(project, source, source.api)
    if source.database is None:
        raise ValueError(f"{source.name} is not pulled")
    _require_databases(source.name)
    from tillid.connectors.sources.database import DatabaseSource, TableRequest  # noqa: PLC0415  an extra

    is_event = source.kind is SourceKind.EVENTS
    request = TableRequest(
        project.connections[source.database.connection],
        source.database,
        frozenset(source.headers),
        key=source.column(source.key).header if is_event and source.key else None,
        is_told_apart=not is_event or source.key is not None,
        read_as=source.read_as,
    )
    return DatabaseSource(project.folder, request, secrets(project))


def _open_api(project: Project, source: SourceDefinition, said: FromApi) -> Pulled:
    _require(source.name, "APIs", _FOR_APIS, "Run: pip install 'tillid[apis]'")
    from tillid.connectors.sources.api.source import ApiRequest, ApiSource  # noqa: PLC0415  an extra

    connection = None if said.connection is None else project.apis[said.connection]
    # Of events that never change one is known by its key; of what changes, a version is known by all that is read.
    key = source.column(source.key).header if source.key and source.load is Load.APPEND else None
    by_read = source.key is not None or source.kind in (SourceKind.CONSENTS, SourceKind.SUPPRESSIONS)
    request = ApiRequest(said, connection, frozenset(source.headers), (key,) if key else (), by_read)
    return ApiSource(request, secrets(project))


def open_table(project: Project, connection: str, table: str) -> Pulled:
    """A table that no source declares yet: its first rows."""
    _require_databases(table)
    from tillid.connectors.sources.database import DatabaseSource, TableRequest  # noqa: PLC0415  an extra

    request = TableRequest(project.connections[connection], FromDatabase(connection, table), most=BATCH_ROWS)
    return DatabaseSource(project.folder, request, secrets(project))


def open_address(project: Project, url: str, connection: str | None) -> Address:
    """What is at an address that no source declares yet, asked over a connection of the project where one is named."""
    _require(connection or url.partition("?")[0], "APIs", _FOR_APIS, "Run: pip install 'tillid[apis]'")
    from tillid.connectors.sources.api.address import look_at  # noqa: PLC0415  an extra

    return look_at(url, project.apis[connection] if connection else None, secrets(project))


def _require_databases(name: str) -> None:
    hint = "Run: pip install 'tillid[databases]', or tillid[postgres], tillid[mysql], tillid[mssql]."
    _require(name, "databases", _FOR_DATABASES, hint)


def _require(name: str, what: str, packages: Sequence[str], hint: str) -> None:
    """Say what to install, where the extra that reads databases or APIs is not there."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise DriverMissing(name, f"what reads {what} is not installed: {', '.join(missing)}", hint=hint)


def secrets(project: Project) -> Secrets:
    """Where the passwords of a project's connections are kept."""
    return KeptSecrets(project.name)


def open_file(project: Project, path: str) -> Source:
    """The reader of one file that no source declares yet."""
    return FileSource(project.folder, (path,))


def sample_file(path: Path, look: Look) -> pa.Table | None:
    """Rows from all over a file, beside its first; None where they can't be had cheaply."""
    return spread_sample(path, look)


def open_lone_file(path: Path) -> TableFiles:
    """The reader of a file that belongs to no project."""
    return FileSource(path.parent, (escape(path.name),))


def open_destination(project: Project, destination: DestinationDefinition) -> Destination:
    """The writer of a destination."""
    return FileDestination(
        project.folder,
        destination.path,
        format=destination.format,
        separator=destination.separator,
        encoding=destination.encoding,
        decimal=destination.decimal,
    )


def open_outside(path: Path) -> Source:
    """The reader of one file anywhere, which need not belong to a project."""
    whole = path.absolute()
    return FileSource(whole.parent, (escape(whole.name),))


def open_list_file(path: Path) -> Destination:
    """The writer of one list of people to a file anywhere: Parquet or Excel where its name says so, else CSV."""
    whole = path.absolute()
    form = {".parquet": "parquet", ".xlsx": "excel"}.get(whole.suffix.lower(), "csv")
    return FileDestination(whole.parent, str(whole), format=form)
