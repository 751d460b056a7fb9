"""What Google Trends downloads, as its pages in several languages write it, becomes a row a term and period."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tillid.connectors.sources.errors import FileNotTrends

WEEKS = ("2025-01-05", "2025-01-12", "2025-01-19")
LANGUAGES = {
    "en": ("Category: All categories", "Week", "Denmark", "<1"),
    "da": ("Kategori: Alle kategorier", "Uge", "Danmark", "<1"),
    "nb": ("Kategori: Alle kategorier", "Uke", "Norge", "<1"),
    "nl": ("Categorie: Alle categorieën", "Week", "België", "<1"),
    "fr": ("Catégorie\u00a0: Toutes les catégories", "Semaine", "Belgique", "<\u00a01"),
}


def write(folder: Path, *lines: str, encoding: str = "utf-8", end: str = "\n") -> str:
    (folder / "multiTimeline.csv").write_bytes((end.join(lines) + end).encode(encoding))
    return "multiTimeline.csv"


def trends(read: Any, name: str) -> list[tuple[Any, ...]]:
    found = read(name, format="google_trends")
    lines = found.source.line_of(found.file, list(range(len(found.rows))))
    assert lines == sorted(lines)
    return [
        tuple(row[key] for key in ("term", "place", "step", "period", "interest", "is_below_1")) for row in found.rows
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_one_term_by_week_in_any_language(tmp_path: Path, read: Any, language: str, encoding: str) -> None:
    category, week, place, below = LANGUAGES[language]
    values = zip(WEEKS, ("42", below, "100"), strict=True)
    lines = [category, "", f"{week},løbesko: ({place})", *(f"{at},{value}" for at, value in values)]
    name = write(tmp_path, *lines, encoding=encoding, end="\r\n" if encoding == "utf-8-sig" else "\n")
    assert trends(read, name) == [
        ("løbesko", place, "week", "2025-01-05 00:00:00", "42", "false"),
        ("løbesko", place, "week", "2025-01-12 00:00:00", "0", "true"),
        ("løbesko", place, "week", "2025-01-19 00:00:00", "100", "false"),
    ]


def test_several_terms_are_rows_of_their_own_with_the_line_they_stand_on(tmp_path: Path, read: Any) -> None:
    head = 'Uke,"sko, dame: (Norge)","ski: alpint (slalåm): (Norge)"'
    name = write(tmp_path, "Kategori: Alle kategorier", "", head, "2025-01-05,45,", "2025-01-12,<1,7")
    assert [(row[0], row[4]) for row in trends(read, name)] == [
        ("sko, dame", "45"),
        ("ski: alpint (slalåm)", None),
        ("sko, dame", "0"),
        ("ski: alpint (slalåm)", "7"),
    ]
    found = read(name, format="google_trends")
    assert found.source.line_of(found.file, [0, 1, 2, 3]) == [4, 4, 5, 5]


PERIODS = {
    "hour": ("Time", ("2025-01-05T10", "2025-01-05T11"), "2025-01-05 10:00:00"),
    "day": ("Dag", ("2025-01-05", "2025-01-06"), "2025-01-05 00:00:00"),
    "month": ("Mois", ("2004-01", "2004-02"), "2004-01-01 00:00:00"),
}


@pytest.mark.parametrize("step", PERIODS)
def test_step_is_told_by_the_periods(tmp_path: Path, read: Any, step: str) -> None:
    head, (first, second), at = PERIODS[step]
    name = write(tmp_path, "Category: All categories", "", f"{head},helmet: (Denmark)", f"{first},1", f"{second},2")
    rows = trends(read, name)
    assert {row[2] for row in rows} == {step}
    assert rows[0][3] == at


def test_another_csv_is_told_from_it(tmp_path: Path, read: Any) -> None:
    name = write(tmp_path, "Category: All categories", "", "Region,helmet", "Oslo,100", "Bergen,31")
    with pytest.raises(FileNotTrends, match="term: \\(place\\)"):
        read(name, format="google_trends")
