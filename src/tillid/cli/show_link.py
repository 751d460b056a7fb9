"""How linked lists look to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from rich.table import Table

from tillid.cli.show import facts, heading, plain, show, tabled

_SCORES = (("pairs", "pairs"), ("clusters_exact", "whole clusters"), ("b_cubed", "each record's cluster (B-cubed)"))


def link_shown(told: Mapping[str, object]) -> None:
    """What each column was taken for, how many clusters the records are, and how right that is where it is known."""
    for one in cast("Sequence[Mapping[str, object]]", told["lists"]):
        roles = cast("Mapping[str, Sequence[str]]", one["roles"])
        guessed = cast("Mapping[str, str]", one["guessed"])
        rows = [(role.replace("_", " "), headers, _how(headers, guessed)) for role, headers in roles.items()]
        show(
            heading(f"{plain(one['file'])}, {_counted(one['records'], 'record')}"),
            tabled(("role", "columns", "why"), rows),
        )
        left_out = cast("Mapping[str, str]", one["left_out"])
        for header, why in left_out.items():
            show(f"  left out: {plain(header)} ({plain(why)})")
        for note in cast("Sequence[str]", one["notes"]):
            show(f"  {plain(note)}")
        if one["unreadable"]:
            show(f"  in no cluster: {_counted(one['unreadable'], 'row')} that could not be taken apart")
    counts = f"{_counted(told['records'], 'record')} in {_counted(told['clusters'], 'cluster')}"
    show(heading(f"{counts}; {told['linked_records']:,} are linked with others"))
    if "pairs" in told:
        show(_scores(told), facts(_further(told)))
    page = f" The page is {told['evaluation']}." if told.get("evaluation") else ""
    show(f"\nThe rows with their clusters are in {told['out']}.{page}")


def _counted(count: object, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _how(headers: Sequence[str], guessed: Mapping[str, str]) -> str:
    return "; ".join(dict.fromkeys(guessed.get(header, "") for header in headers if header in guessed)) or "mapped"


def _scores(told: Mapping[str, object]) -> Table:
    rows = []
    for key, words in _SCORES:
        score = cast("Mapping[str, float]", told[key])
        rows.append((words, *(f"{score[part]:.4f}" for part in ("precision", "recall", "f1"))))
    return tabled(("right", "precision", "recall", "F1"), rows, numbers=(1, 2, 3))


def _further(told: Mapping[str, object]) -> dict[str, object]:
    return {
        "matches that were compared (blocking recall)": f"{told['blocking_recall']:.4f}",
        "comparisons a record": f"{told['candidates_per_record']:.1f}",
        "calibration error": f"{told['calibration_error']:.4f}",
        "of it between .05 and .95": f"{told['calibration_error_grey']:.4f}",
    }
