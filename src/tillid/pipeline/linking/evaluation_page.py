"""The page of an evaluation: figures, the thresholds and the calibration of linking, without a value of any record."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tillid.pipeline.linking import link_charts
from tillid.pipeline.linking.link_lists import LinkedLists, figures
from tillid.pipeline.report.charts import unchecked
from tillid.pipeline.report.pages import templates, write_in_one_step
from tillid.stages.resolve.link.evaluate import by_threshold, calibration_bins, is_likely, matches_of, told_pairs

ENDING = ".evaluation.html"


def page_beside(out: Path) -> Path:
    """Where the page of an output goes.

    >>> page_beside(Path("lists/linked.csv")).as_posix()
    'lists/linked.evaluation.html'
    """
    return out.with_name(f"{out.stem}{ENDING}")


def write_evaluation(done: LinkedLists, path: Path) -> None:
    """Write the page in one step. Raises `ReportNotWritten`."""
    write_in_one_step(render_evaluation(done), path)


def render_evaluation(done: LinkedLists) -> str:
    """The page as HTML; every text is escaped."""
    if done.truth is None or done.evaluation is None:
        raise ValueError("nothing was evaluated")
    linked = done.linked
    certain, is_match = told_pairs(done.truth, linked.left, linked.right, linked.probabilities)
    likely = is_likely(certain)
    with unchecked():
        by_least = link_charts.thresholds(by_threshold(certain, is_match, matches_of(done.truth)))
        calibrated = link_charts.calibration(calibration_bins(certain[likely], is_match[likely]))
    return (
        templates()
        .get_template("linking.html.j2")
        .render(
            told=figures(done),
            rows=_rows(done),
            truth=done.asked.truth,
            thresholds_chart=by_least,
            calibration_chart=calibrated,
            pairs=int(likely.sum()),
        )
    )


def _rows(done: LinkedLists) -> list[tuple[str, Mapping[str, float]]]:
    found = done.evaluation
    if found is None:
        return []
    return [
        ("Pairs of records in one cluster", found.pairs.as_dict()),
        ("Whole clusters of two or more", found.clusters_exact.as_dict()),
        ("Each record's cluster, on average (B-cubed)", found.b_cubed.as_dict()),
    ]
