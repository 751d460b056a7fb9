"""Two charts of how well lists were linked: what each threshold comes to, and how far probabilities can be believed."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from tillid.pipeline.report.charts import Drawing, svg
from tillid.pipeline.report.palette import ACCENT, CHANGED, INK, MUTED, OTHER
from tillid.stages.resolve.link.evaluate import Bin, Threshold

_SIZE = 420
_HEIGHT = 260
_SCORES = ("precision", "recall", "F1")
_COLOURS = (ACCENT, CHANGED, INK)


def thresholds(found: Sequence[Threshold]) -> str:
    """Precision, recall and F1 of pairs by the least probability that counts as a match."""
    rows = [
        {"at": each.probability, "score": name, "share": share}
        for each in found
        for name, share in zip(_SCORES, (each.score.precision, each.score.recall, each.score.f1), strict=True)
    ]
    lines = alt.Chart(alt.InlineData(values=rows)).mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=18))
    chart = lines.encode(
        x=alt.X("at:Q", title="least probability", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(tickCount=6)),
        y=alt.Y("share:Q", title=None, scale=alt.Scale(domain=[_floor(rows), 1]), axis=_shares_axis()),
        color=alt.Color(
            "score:N",
            sort=None,
            scale=alt.Scale(domain=list(_SCORES), range=list(_COLOURS)),
            legend=alt.Legend(orient="top", title=None, symbolType="stroke"),
        ),
    )
    best = max(found, key=lambda each: each.score.f1)
    told = f"F1 is highest, {best.score.f1:.4f}, at {best.probability:g}"
    return svg(_sized(chart), "Pairs by threshold", told)


def calibration(bins: Sequence[Bin]) -> str:
    """The share of matches by probability, one dot for as many pairs each; on the line probabilities are right."""
    rows = [{"probability": each.probability, "share": each.share, "pairs": each.pairs} for each in bins]
    line = alt.Chart(alt.InlineData(values=[{"at": 0}, {"at": 1}])).mark_line(color=OTHER, strokeDash=[4, 4])
    ideal = line.encode(x="at:Q", y="at:Q")
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("probability:Q", title="probability told", scale=alt.Scale(domain=[0, 1]), axis=_shares_axis()),
        y=alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=_shares_axis()),
    )
    dots = base.mark_point(filled=True, size=70, color=ACCENT, opacity=1)
    path = base.mark_line(color=MUTED, strokeWidth=1, opacity=0.6)
    told = "; ".join(f"{each.probability:.2f}: {each.share:.2f} of {each.pairs} pairs" for each in bins)
    return svg(_sized(alt.layer(ideal, path, dots)), "Share of matches by probability", told)


def _shares_axis() -> alt.Axis:
    return alt.Axis(labelExpr="format(100 * datum.value, '~g') + ' %'", tickCount=5)


def _floor(rows: Sequence[dict[str, object]]) -> float:
    """Where the axis begins: in steps of a tenth below the least share, so that good scores are told apart."""
    least = min((float(str(row["share"])) for row in rows), default=0.0)
    return max(0.0, int(least * 10 - 1e-9) / 10)


def _sized(chart: Drawing) -> Drawing:
    return chart.properties(width=_SIZE, height=_HEIGHT)
