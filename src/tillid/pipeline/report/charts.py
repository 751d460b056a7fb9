"""Charts, drawn here and not in the browser: Altair describes them, vl-convert makes SVG of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeAlias
from xml.etree import ElementTree

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from tillid.pipeline.report.figures import OTHERS, Bin, Group, PurposeFigures, VariableFigures
from tillid.pipeline.report.palette import ACCENT, GRID, INK, MUTED, OTHER, PALE, REASONS
from tillid.pipeline.report.small_cells import THRESHOLD, Shown, shown

Drawing: TypeAlias = alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart

_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = frozenset({"svg", "g", "path", "rect", "line", "text", "tspan"})
_KEPT = frozenset(
    """
    viewBox transform d x y x1 x2 y1 y2 dx dy width height fill fill-opacity stroke stroke-width stroke-opacity
    stroke-dasharray stroke-linecap stroke-miterlimit opacity text-anchor font-size font-weight font-style
    """.split()
)
# d3 writes 0.5 as "500m" under ~s, and 1 500 000 as 1500000 without it.
_TICK = "abs(datum.value) >= 10000 ? format(datum.value, '~s') : format(datum.value, '~g')"
_MOST_GROUPS = 8
_MOST_LETTERS = 22


def people_by_source(names: Sequence[str], people: Sequence[int]) -> str:
    """Horizontal bars: how many people each source knows, the most first."""
    pairs = sorted(zip(names, shown(people), strict=True), key=lambda pair: (-pair[1].size, pair[0]))
    told = ", ".join(f"{name} {one.text}" for name, one in pairs)
    return svg(_bars([name for name, _ in pairs], [one for _, one in pairs], 370, 34), "People by source", told)


def permissions(purposes: Sequence[PurposeFigures], reasons: Sequence[str]) -> str:
    """One bar a purpose, the share of people permitted and, by reason, not; `reasons` in the legend's order."""
    rows = [
        {"purpose": label, "order": position, "standing": name, "people": one.size}
        for label, purpose in zip(_labels(purposes), purposes, strict=True)
        for position, (name, one) in enumerate(standing_of(purpose, reasons))
    ]
    names = ["permitted", *[plain(reason) for reason in reasons]]
    colours = [ACCENT, *[REASONS[n] if n < len(REASONS) else OTHER for n in range(len(reasons))]]
    chart = alt.Chart(alt.InlineData(values=rows)).mark_bar(height=18, stroke="white", strokeWidth=1)
    chart = chart.encode(
        y=alt.Y("purpose:N", sort=None, title=None, axis=_names_axis(210)),
        x=alt.X(
            "people:Q",
            stack="normalize",
            title=None,
            axis=alt.Axis(labelExpr="format(100 * datum.value, '~g') + ' %'", tickCount=5),
        ),
        order=alt.Order("order:Q"),
        color=alt.Color(
            "standing:N",
            scale=alt.Scale(domain=names, range=colours),
            legend=alt.Legend(orient="top", title=None, columns=5, symbolType="square", labelLimit=200),
        ),
    )
    told = "; ".join(f"{purpose.label}: {standing_of(purpose, reasons)[0][1].text} permitted" for purpose in purposes)
    return svg(chart.properties(width=830, height=34 * len(purposes)), "Permissions by purpose", told)


def _labels(purposes: Sequence[PurposeFigures]) -> list[str]:
    # Two purposes of one label would share a bar.
    labels = [purpose.label for purpose in purposes]
    return [p.label if labels.count(p.label) == 1 else f"{p.label} ({p.key})" for p in purposes]


def standing_of(purpose: PurposeFigures, reasons: Sequence[str]) -> list[tuple[str, Shown]]:
    """The purpose's people by standing, permitted first, as they may be shown together."""
    counts = [purpose.permitted, *[purpose.not_permitted.get(reason, 0) for reason in reasons]]
    return list(zip(["permitted", *map(plain, reasons)], shown(counts), strict=True))


def distribution(variable: VariableFigures) -> str:
    """A histogram of a number, or bars of the values of anything else; empty when nobody has a value."""
    if variable.bins and (steps := _steps(variable.bins)):
        stepped = _columns(steps, shown([each.people for each in variable.bins]))
        return svg(stepped, f"{variable.label}: people by number", _told_bins(variable.bins))
    if variable.bins:
        return svg(_histogram(variable.bins, variable.unit), f"{variable.label}: histogram", _told_bins(variable.bins))
    if not variable.groups:
        return ""
    names, counts = _groups(variable.groups, variable.ordered)
    told = ", ".join(f"{name} {one.text}" for name, one in zip(names, counts, strict=True))
    chart = _columns(names, counts) if variable.ordered else _bars(names, counts, 170, _bar_step(len(names)))
    return svg(chart, f"{variable.label}: people by value", told)


def plain(code: str) -> str:
    """A code as words.

    >>> plain("consent_withdrawn")
    'consent withdrawn'
    """
    return code.replace("_", " ")


def _groups(groups: Sequence[Group], ordered: bool) -> tuple[list[str], list[Shown]]:
    if ordered:
        return [group.value for group in groups], list(shown([group.people for group in groups]))
    # A value that few people share may itself name one, so it goes without a name.
    named = [group for group in groups if group.people >= THRESHOLD and group.value != OTHERS]
    head = sorted(named, key=lambda group: (-group.people, group.value))[:_MOST_GROUPS]
    rest = sum(group.people for group in groups) - sum(group.people for group in head)
    if rest:
        head.append(Group(OTHERS, rest))
    return [group.value for group in head], list(shown([group.people for group in head]))


def _steps(bins: Sequence[Bin]) -> list[str]:
    """Names of bins that hold one whole number each, the last perhaps with all above; else none."""
    names = []
    for each in bins:
        if each.low is None or each.low % 1 or (each.high is not None and each.high - each.low != 1):
            return []
        names.append(f"{each.low:.0f}" if each.high is not None else f"{each.low:.0f}+")
    return names


def _bar_step(bars: int) -> float:
    return max(14.0, min(24.0, 130 / max(bars, 1)))


def _histogram(bins: Sequence[Bin], unit: str) -> Drawing:
    bounds = [bound for each in bins for bound in (each.low, each.high) if bound is not None]
    widths = [each.high - each.low for each in bins if each.low is not None and each.high is not None]
    usual = min(widths, default=1.0)
    rows = [
        {
            "low": each.low if each.low is not None else min(bounds, default=0.0) - usual,
            "high": each.high if each.high is not None else max(bounds, default=0.0) + usual,
            "people": one.size,
            "text": one.text if one.is_hidden else "",
            "is_hidden": one.is_hidden,
        }
        for each, one in zip(bins, shown([each.people for each in bins]), strict=True)
    ]
    base = alt.Chart(alt.InlineData(values=rows)).transform_calculate(middle="(datum.low + datum.high) / 2")
    bars = base.mark_bar(binSpacing=1).encode(
        x=alt.X(
            "low:Q",
            bin="binned",
            title=_axis_title(bins, unit),
            scale=alt.Scale(nice=False, zero=False),
            axis=alt.Axis(labelExpr=_TICK, tickCount=6, grid=False, labelFlush=False, labelOverlap="greedy"),
        ),
        x2="high:Q",
        y=alt.Y("people:Q", title=None, axis=alt.Axis(labelExpr=_TICK, tickCount=3)),
    )
    labels = base.mark_text(dy=-5, fontSize=8, color=MUTED).encode(
        x=alt.X("middle:Q"), y=alt.Y("people:Q"), text=alt.Text("text:N")
    )
    return alt.layer(_bar_of(bars), labels).properties(width=270, height=130)


def _axis_title(bins: Sequence[Bin], unit: str) -> str:
    open_below, open_above = bins[0].low is None, bins[-1].high is None
    ends = {(True, True): "outermost bars: and beyond", (True, False): "first bar: and less"}
    end = ends.get((open_below, open_above), "last bar: and more" if open_above else "")
    # A blank title where there is none: all charts of a row stand equally high.
    return " · ".join(part for part in (unit, end) if part) or " "


def _told_bins(bins: Sequence[Bin]) -> str:
    counts = shown([each.people for each in bins])
    top = max(range(len(bins)), key=lambda n: counts[n].size)
    low = "" if bins[top].low is None else f"from {bins[top].low:g} "
    high = "" if bins[top].high is None else f"to {bins[top].high:g}"
    return f"Most people, {counts[top].text}, {low}{high}".strip() + f"; {len(bins)} bars in all"


def _columns(names: Sequence[str], counts: Sequence[Shown]) -> Drawing:
    base = alt.Chart(alt.InlineData(values=_rows(names, counts))).encode(
        x=alt.X(
            "name:O",
            sort=None,
            title=" ",
            scale=alt.Scale(paddingInner=0.12),
            # All names where they fit, else those that do not overlap.
            axis=alt.Axis(labelAngle=0, labelOverlap=len("".join(names)) > _MOST_LETTERS * 2, labelSeparation=6),
        ),
        y=alt.Y("people:Q", title=None, axis=alt.Axis(labelExpr=_TICK, tickCount=3)),
    )
    labels = base.transform_filter("datum.is_hidden").mark_text(dy=-5, fontSize=8, color=MUTED).encode(text="text:N")
    return alt.layer(_bar_of(base.mark_bar()), labels).properties(width=270, height=130)


def _bars(names: Sequence[str], counts: Sequence[Shown], width: int, step: float) -> Drawing:
    # Room at the right end for the longest bar's number.
    room = 1.2 * max((one.size for one in counts), default=0) or 1
    base = alt.Chart(alt.InlineData(values=_rows(names, counts))).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=_names_axis(6 * _MOST_LETTERS)),
        x=alt.X("people:Q", title=None, axis=None, scale=alt.Scale(domain=[0, room], nice=False)),
    )
    labels = base.mark_text(align="left", dx=5, color=INK, fontSize=12).encode(text="text:N")
    return alt.layer(_bar_of(base.mark_bar(height=step * 0.66)), labels).properties(
        width=width, height=step * len(names)
    )


def _rows(names: Sequence[str], counts: Sequence[Shown]) -> list[dict[str, object]]:
    return [
        {"name": name, "people": one.size, "text": one.text, "is_hidden": one.is_hidden}
        for name, one in zip(names, counts, strict=True)
    ]


def _bar_of(chart: alt.Chart) -> alt.Chart:
    return chart.encode(color=alt.condition("datum.is_hidden", alt.value(PALE), alt.value(ACCENT)))


def _names_axis(limit: int) -> alt.Axis:
    return alt.Axis(labelLimit=limit, labelFontSize=12, labelColor=INK, ticks=False, domain=False, labelPadding=8)


@cache
def _look() -> dict[str, Any]:
    axis = {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "gridColor": GRID,
        "domainColor": GRID,
        "tickColor": GRID,
        "tickSize": 4,
    }
    return {
        "aria": False,
        "background": None,
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {"domain": False, "ticks": False, "minExtent": 30},
        "legend": {"labelColor": INK, "labelFontSize": 12, "symbolSize": 110, "columnPadding": 18},
    }


@contextmanager
def unchecked() -> Iterator[None]:
    """Charts made within are not checked against Vega-Lite's schema: it takes longer than drawing them."""
    with debug_mode(False):
        yield


def svg(chart: Drawing, title: str, told: str) -> str:
    """A chart as an element of a page, named `title` and told in words for who does not see it."""
    spec = chart.to_dict(validate=False) | {"config": _look()}
    drawn = ElementTree.fromstring(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))  # noqa: S314  our own
    return _inline(drawn, title, told)


def _inline(drawn: ElementTree.Element, title: str, told: str) -> str:
    """The drawing as an element of a page: only known shapes and attributes, scaled by its box, and named."""
    width = drawn.get("width", "0")
    _keep_known(drawn)
    drawn.attrib.update({"role": "img", "style": f"max-width:{float(width):.0f}px"})
    # The first children, as readers for the blind expect.
    for tag, text in (("desc", told), ("title", title)):
        told_by = ElementTree.Element(tag)
        told_by.text = text
        drawn.insert(0, told_by)
    return ElementTree.tostring(drawn, encoding="unicode", short_empty_elements=True)


def _keep_known(element: ElementTree.Element) -> None:
    element.tag = element.tag.removeprefix(_SVG)
    for name in set(element.attrib) - _KEPT:
        del element.attrib[name]
    if element.tag == "svg":
        for name in ("width", "height"):
            element.attrib.pop(name, None)
    for child in list(element):
        if child.tag.removeprefix(_SVG) in _DRAWN:
            _keep_known(child)
        else:
            element.remove(child)
