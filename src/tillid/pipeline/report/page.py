"""The page of a run: one HTML file without script, which loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tillid.pipeline.report import charts
from tillid.pipeline.report.figures import (
    ActivationFigures,
    OverlapFigures,
    PurposeFigures,
    ReportFigures,
    SourceFigures,
    VariableFigures,
)
from tillid.pipeline.report.pages import percent, templates, write_in_one_step
from tillid.pipeline.report.small_cells import Shown, shown

_MOST_OVERLAPS = 12
_MOST_REFUSALS = 40


@dataclass(frozen=True, slots=True)
class _Overlap:
    """One row of the overlap: which of the sources, how many people, and how long its bar is."""

    known_from: tuple[bool, ...]
    people: Shown
    percent: float


@dataclass(frozen=True, slots=True)
class _Spread:
    """A variable's card: its figures, how many have a value, and its chart."""

    variable: VariableFigures
    coverage: str
    chart: str


def render(figures: ReportFigures) -> str:
    """The page as HTML text.

    Every text of `figures` is escaped. Groups of one to four people are shown as `<5`.

    >>> page = render(ReportFigures("nordlys", "Nordlys <ApS>", datetime(2026, 3, 1), datetime(2026, 3, 1), 2.5,
    ...                             1, "ab12", people=0, records=0, events=0))
    >>> "Nordlys &lt;ApS&gt;" in page, "<script" in page
    (True, False)
    """
    with charts.unchecked():
        return templates().get_template("report.html.j2").render(**_context(figures))


def write(figures: ReportFigures, path: Path) -> None:
    """Write the page to `path`, in one step: a reader sees the former page or the new one.

    Raises `ReportNotWritten`.
    """
    write_in_one_step(render(figures), path)


def _context(figures: ReportFigures) -> dict[str, object]:
    with_people = [source for source in figures.sources if source.people is not None]
    reasons = _reasons(figures.purposes)
    refusals = [(source.name, rows) for source in figures.sources for rows in source.refusals]
    return {
        "run": figures,
        "read": sum(source.read for source in figures.sources),
        "refused": sum(source.refused for source in figures.sources),
        "in_several": _in_several(figures.overlap),
        "sources_chart": _sources_chart(with_people),
        "overlap_sources": _overlap_sources(figures.overlap),
        "overlaps": _overlaps(figures.overlap),
        "permissions_chart": charts.permissions(figures.purposes, reasons) if figures.purposes else "",
        "standings": [(purpose, charts.standing_of(purpose, reasons)) for purpose in figures.purposes],
        "spreads": [_spread(variable) for variable in figures.variables],
        "most_people": max((segment.people for segment in figures.segments), default=0),
        "activations": [(activation, *_held_back(activation)) for activation in figures.activations],
        "refusals": refusals[:_MOST_REFUSALS],
        "refusals_left_out": max(0, len(refusals) - _MOST_REFUSALS),
    }


def _held_back(activation: ActivationFigures) -> tuple[Shown, list[tuple[str, Shown]]]:
    """All who were held back, and by reason: the reason is a person's own, as in the permissions."""
    reasons = sorted(activation.held_back.items(), key=lambda item: (-item[1], item[0]))
    total, *counts = shown([sum(activation.held_back.values()), *[people for _, people in reasons]])
    return total, [(reason, one) for (reason, _), one in zip(reasons, counts, strict=True)]


def _reasons(purposes: Iterable[PurposeFigures]) -> list[str]:
    """The codes of all reasons, the one that concerns the most people first."""
    totals: dict[str, int] = {}
    for purpose in purposes:
        for reason, people in purpose.not_permitted.items():
            totals[reason] = totals.get(reason, 0) + people
    return sorted((r for r in totals if totals[r]), key=lambda reason: (-totals[reason], reason))


def _in_several(overlap: Sequence[OverlapFigures]) -> Shown:
    return shown([sum(entry.people for entry in overlap if len(entry.sources) > 1)])[0]


def _sources_chart(sources: Sequence[SourceFigures]) -> str:
    if not sources:
        return ""
    return charts.people_by_source([s.name for s in sources], [s.people or 0 for s in sources])


def _overlap_sources(overlap: Sequence[OverlapFigures]) -> list[str]:
    totals: dict[str, int] = {}
    for entry in overlap:
        for name in entry.sources:
            totals[name] = totals.get(name, 0) + entry.people
    return sorted(totals, key=lambda name: (-totals[name], name))


def _overlaps(overlap: Sequence[OverlapFigures]) -> list[_Overlap]:
    names = _overlap_sources(overlap)
    largest = sorted(overlap, key=lambda entry: (-entry.people, entry.sources))[:_MOST_OVERLAPS]
    counts = shown([entry.people for entry in largest])
    most = max((count.size for count in counts), default=0) or 1
    return [
        _Overlap(tuple(name in entry.sources for name in names), count, round(100 * count.size / most, 1))
        for entry, count in zip(largest, counts, strict=True)
    ]


def _spread(variable: VariableFigures) -> _Spread:
    return _Spread(variable, percent(variable.covered, variable.people), charts.distribution(variable))
