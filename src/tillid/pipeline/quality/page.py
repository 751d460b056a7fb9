"""The page of quality: which source is sick, which column, since when, what to do; it loads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import altair as alt

from tillid.pipeline.quality.told import Told
from tillid.pipeline.report import charts
from tillid.pipeline.report.pages import templates, write_in_one_step
from tillid.pipeline.report.palette import ACCENT

FILE = "quality.html"


def render(told: Told, at: datetime) -> str:
    """The page as HTML text, of what `quality` tells; every text is escaped.

    >>> page = render({"project": "kiosk <1>", "sources": []}, datetime(2026, 3, 1))
    >>> "kiosk &lt;1&gt;" in page, "<script" in page
    (True, False)
    """
    sources = told["sources"]
    with charts.unchecked():
        trends = {source["name"]: _trend(source["name"], source["history"]) for source in sources}
    to_look_at = [(source, one) for source in sources for one in source["remarks"]]
    template = templates().get_template("quality.html.j2")
    return template.render(told=told, at=at, trends=trends, to_look_at=to_look_at, day=_day)


def write(told: Told, at: datetime, path: Path) -> None:
    """Write the page in one step. Raises `ReportNotWritten`."""
    write_in_one_step(render(told, at), path)


def _day(text: str | None) -> str:
    return "–" if not text else datetime.fromisoformat(text).replace(tzinfo=UTC).strftime("%Y-%m-%d")


def _trend(name: str, history: Sequence[dict[str, Any]]) -> str:
    """Two small charts by load: the share of usable values of washed columns, and the rows; none for a single load."""
    if len(history) < 2:
        return ""
    rows = [
        {"load": n, "day": _day(one["at"])[5:], "usable": one["usable"], "read": one["read"]}
        for n, one in enumerate(history)
    ]
    names = ", ".join(f"'{row['load']}': '{row['day']}'" for row in rows)
    axis = alt.Axis(labelExpr=f"({{{names}}})[datum.value]", labelAngle=0, labelOverlap="greedy", grid=False)
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=alt.X("load:O", title=None, axis=axis))
    bars = base.mark_bar(color=ACCENT).encode(
        y=alt.Y("read:Q", title="rows read", axis=alt.Axis(tickCount=3, format="~s"))
    )
    size = {"width": 380, "height": 110}
    drawn = bars.properties(**size)
    if all(row["usable"] is None for row in rows):
        return charts.svg(drawn, f"{name}: rows by load", _told(history))
    lines = base.mark_line(color=ACCENT, point=alt.OverlayMarkDef(color=ACCENT, size=40)).encode(
        y=alt.Y(
            "usable:Q",
            title="usable values",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(labelExpr="format(100 * datum.value, '~g') + ' %'", tickCount=3),
        )
    )
    both = alt.hconcat(lines.properties(**size), drawn, spacing=30)
    return charts.svg(both, f"{name}: usable values and rows by load", _told(history))


def _told(history: Sequence[dict[str, Any]]) -> str:
    return f"{len(history)} loads, the last with {history[-1]['read']} rows"
