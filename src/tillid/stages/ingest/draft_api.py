"""Writes what a draft says under `api:`, for the rows that one answer of an API had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tillid.ports.api import Auth, AuthKind, FromApi, Pages, PagesBy, RowsAs
from tillid.stages.ingest.draft_text import quoted


def api_lines(said: FromApi, auth: Auth, home: str, unsure: Sequence[str] = ()) -> str:
    """The lines of `api:`; `home` says which connection or address, and `unsure` what a person should look at.

    >>> print(api_lines(FromApi("orders", "/orders", items="data", pages=Pages(PagesBy.LINK)), Auth(), "url: x"))
    api:
      url: x
      path: "/orders"
      items: data
      pages: {by: link}
      # since: {field: …, param: …}  # how only what is new is asked for; without it, all is read each time
    """
    lines = [home, f"path: {_value(said.path)}"]
    if auth.kind is not AuthKind.NONE:
        lines.append(f"auth: {{by: {auth.kind}}}  # look: how the vendor wants the secret")
    if said.params:
        lines.append(f"params: {_mapping(said.params)}")
    if said.items:
        lines.append(f"items: {_value(said.items)}")
    if said.rows is not RowsAs.OBJECTS:
        lines += [f"rows: {said.rows}", f"list_in: {_value(said.list_in)}"]
    if said.pages.by is not PagesBy.NONE:
        lines.append(f"pages: {_mapping(_told(said.pages))}")
    lines += [f"# look: {sentence}" for sentence in unsure]
    lines.append(
        "# since: {field: …, param: …}  # how only what is new is asked for; without it, all is read each time"
    )
    return "\n".join(["api:", *(f"  {line}" for line in lines)])


def _told(pages: Pages) -> dict[str, object]:
    start = pages.start if pages.by is PagesBy.PAGE and pages.start != Pages().start else None
    told = {"by": pages.by, "param": pages.param, "size_param": pages.size_param, "size": pages.size, "start": start}
    return {k: v for k, v in {**told, "next": pages.next, "total": pages.total}.items() if v is not None}


def _mapping(values: Mapping[str, object]) -> str:

    return "{" + ", ".join(f"{_value(key)}: {_value(value)}" for key, value in values.items()) + "}"


def _value(value: object) -> str:
    return quoted(str(value)) if not isinstance(value, int) else str(value)
