"""How the quality of sources looks to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tillid.cli.show import heading, show, tabled

_HEADERS = ("column", "filled", "valid", "corrected", "doubtful", "invalid", "distinct", "looks like")


def quality_shown(told: Mapping[str, Any]) -> None:
    """What to look at, then each source with its columns."""
    from tillid.pipeline.report.pages import percent

    rows = [
        (source["name"], one["column"], one["said"], _day(one["since"]), one["do"])
        for source in told["sources"]
        for one in source["remarks"]
    ]
    look = tabled(("source", "column", "what", "since", "what to do"), rows) if rows else "  Nothing."
    show(heading("To look at"), look)
    for source in told["sources"]:
        last = source["last"]
        if last is None:
            show(heading(source["name"]), "  No file of it has been read since quality is counted.")
            continue
        said = (
            f"{last['read']:,} rows read, {last['refused']:,} refused, {last['held_back']:,} held back; "
            f"newest file {_day(source['freshness']['newest_file'])}"
        )
        cells = [(c["name"], *_cells(c, percent)) for c in source["columns"]]
        show(heading(f"{source['name']}: {said}"), tabled(_HEADERS, cells, numbers=range(1, 7)))
    if told["report"]:
        show(f"\nThe page is {told['report']}")


def _cells(column: Mapping[str, Any], percent: Any) -> list[object]:
    filled, verdicts = column["filled"], column["verdicts"]
    shares = ["" if not verdicts else _share(verdicts[name], filled, percent) for name in _VERDICTS]
    looks = ", ".join(one["shape"] for one in column["examples"][:3])
    hidden = {"filled": "no purpose covers it", "counts": "not shown"}.get(column["shown"])
    distinct = "" if column["distinct"] is None else column["distinct"]
    return [_share(filled, column["rows"], percent), *shares, distinct, hidden or looks]


_VERDICTS = ("valid", "corrected", "suspect", "invalid")


def _share(part: int | None, whole: int | None, percent: Any) -> str:
    return "<5" if part is None else str(percent(part, whole or 0))


def _day(moment: str) -> str:
    return moment[:10]
