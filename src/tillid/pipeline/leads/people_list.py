"""A list of people in a file, as leads and suppression lists come: read whole, washed, ready to be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tillid.pipeline.leads.roles import Described, Roles, roles_of
from tillid.pipeline.project.project import Project
from tillid.ports.source import Look, RawBatch, Source, SourceFile, UnreadableRow
from tillid.stages.ingest.definitions import ColumnDefinition, ColumnType, SourceDefinition, SourceKind
from tillid.stages.ingest.quarantine import Quarantine
from tillid.stages.ingest.suggest import suggest
from tillid.stages.ingest.to_text import text_of
from tillid.stages.ingest.to_time import date_of
from tillid.stages.resolve.near import compared
from tillid.stages.resolve.worthless import is_worthless
from tillid.stages.wash import Washed, wash
from tillid.stages.wash.countries import countries_of

_ANYTHING = "user.content"


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A list of people: `raw` and `washed` by header, as text; `lines` of the rows in the file.

    `found` says of each washed column what was found in it. `born` is the birth date, YYYY-MM-DD,
    `countries` the ISO code of each row's country. `national_ids` counts, by header, the numbers that were taken out.
    """

    file: SourceFile
    look: Look
    roles: Roles
    raw: Mapping[str, pa.Array]
    washed: Mapping[str, pa.Array]
    found: Mapping[str, Washed]
    born: pa.Array
    countries: pa.Array
    lines: Sequence[int]
    unreadable: tuple[UnreadableRow, ...]
    national_ids: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.lines)

    def values(self, role: str) -> list[pa.Array]:
        """The washed columns of a role, without values that identify nobody."""
        return [_usable(self.washed[header]) for header in self.roles.all(role)]

    def column(self, role: str) -> pa.Array:
        """The first column of a role, as washed; nulls where the list has none."""
        header = self.roles.first(role)
        return pa.nulls(len(self), pa.string()) if header is None else self.washed[header]

    def compared(self) -> pa.Table:
        """The rows as near matching compares them."""
        roles = ("name", "first_name", "last_name", "address", "email", "phone")
        given = {role: self.column(role) for role in roles}
        # A list that names no country may hold people of several, whose postcodes are not the project's country's.
        header = self.roles.first("postcode")
        postcode = self.column("postcode") if header is None else pc.coalesce(self.washed[header], self.raw[header])
        return compared({**given, "postcode": postcode, "birth_date": self.born, "country": self.countries}, len(self))


def read_list(
    source: Source,
    file: SourceFile,
    project: Project,
    advance: Callable[[int], None],
    columns: Sequence[Described] = (),
) -> PeopleList:
    """Read one file of `source`; without `columns` they are drafted from looking at it.

    The project's country is that of rows which name none. Raises a `SourceError` for a file that can't be read.
    """
    look = source.look(file)
    batches = list(_counted(source, file, advance))
    described = columns or _drafted(look, batches)
    batches, taken = _without_national_ids(look, described, batches)
    lines = source.line_of(file, range(sum(batch.table.num_rows for batch in batches)))
    roles = roles_of(described)
    typed = {h: pa.concat_arrays([_column(b.table, h) for b in batches]) for h in look.columns} if batches else {}
    raw = {header: text_of(values) for header, values in typed.items()}
    countries = _countries(raw, roles, project.country, len(lines))
    found, washed = _washed(raw, roles, countries)
    born = _days(typed, roles.first("birth_date"), look, project.timezone, len(lines))
    unreadable = tuple(row for batch in batches for row in batch.unreadable)
    return PeopleList(file, look, roles, raw, washed, found, born, countries, lines, unreadable, taken)


def _counted(source: Source, file: SourceFile, advance: Callable[[int], None]) -> Sequence[RawBatch]:
    batches = []
    for batch in source.read(file):
        advance(batch.table.num_rows)
        batches.append(batch)
    return batches


def _drafted(look: Look, batches: Sequence[RawBatch]) -> Sequence[Described]:
    nothing = pa.record_batch({header: pa.array([], pa.string()) for header in look.columns})
    sample = batches[0].table if batches else nothing
    return suggest("leads", look.file, look, sample, kind=SourceKind.PEOPLE).columns


def _without_national_ids(
    look: Look, described: Sequence[Described], batches: Sequence[RawBatch]
) -> tuple[list[RawBatch], dict[str, int]]:
    """The rows without national identity numbers, which nothing of a list of leads is a reason to keep."""
    categories = {column.header: column.category for column in described}
    columns = tuple(
        ColumnDefinition(header, f"column_{place}", ColumnType.TEXT, categories.get(header) or _ANYTHING, wash="none")
        for place, header in enumerate(look.columns)
    )
    quarantine = Quarantine(SourceDefinition("leads", SourceKind.PEOPLE, (look.file,), columns, identified=False))
    cleaned = [quarantine.clean(quarantine.judge(batch)) for batch in batches]
    taken: dict[str, int] = {}
    for one in cleaned:
        for (header, _), count in one.taken.items():
            taken[header] = taken.get(header, 0) + count
    return [one.raw for one in cleaned], taken


def _column(table: pa.RecordBatch, header: str) -> pa.Array:
    return text_of(table.column(header)) if header in table.schema.names else pa.nulls(table.num_rows, pa.string())


def _countries(raw: Mapping[str, pa.Array], roles: Roles, country: str, rows: int) -> pa.Array:
    header = roles.first("country")
    if header is None or header not in raw:
        return pa.repeat(country, rows)
    codes = countries_of(raw[header])
    return pc.if_else(pc.equal(pc.fill_null(codes, ""), ""), country, codes)


def _washed(
    raw: Mapping[str, pa.Array], roles: Roles, countries: pa.Array
) -> tuple[dict[str, Washed], dict[str, pa.Array]]:
    found = {h: wash(kind, raw[h], countries) for h, kind in roles.washes().items() if h in raw}
    return found, {**raw, **{header: one.values for header, one in found.items()}}


def _days(typed: Mapping[str, pa.Array], header: str | None, look: Look, timezone: str, rows: int) -> pa.Array:
    if header is None or header not in typed:
        return pa.nulls(rows, pa.string())
    days = date_of(typed[header], timezone, look.date_formats.get(header), is_excel=look.format == "excel")
    return days.cast(pa.string())


def _usable(values: pa.Array) -> pa.Array:
    useless = pc.fill_null(is_worthless(values), True)
    return pc.if_else(useless, pa.scalar(None, pa.string()), values)
