"""The page shows every figure, loads nothing, runs nothing, and hides small groups."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from html.parser import HTMLParser
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.pipeline.report.errors import ReportNotWritten
from tillid.pipeline.report.figures import PurposeFigures, ReportFigures
from tillid.pipeline.report.page import render, write
from tillid.pipeline.report.small_cells import shown


def _made_up() -> ReportFigures:
    # Tests are imported by path, so a module beside this one has no name to import it by.
    spec = spec_from_file_location("made_up_run", Path(__file__).with_name("made_up_run.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    run: ReportFigures = module.RUN
    return run


RUN = _made_up()
HOSTILE = """</text></svg><script src="https://evil.example/x.js">alert(1)</script><img src=x onerror='a()'>"&amp;{{ 7 * 7 }}"""


class Seen(HTMLParser):
    """What a browser would meet on a page: its tags, attributes and text; unclosed tags are an error."""

    VOID = frozenset({"meta", "link", "img", "br", "input"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update((name, value or "") for name, value in attrs)
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update((name, value or "") for name, value in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("\n".join(self.texts).replace("\u202f", "").split())


def hostile(value: Any) -> Any:
    """The same figures with every text replaced by one that would like to be run."""
    if isinstance(value, str):
        return HOSTILE + value
    if isinstance(value, tuple):
        return tuple(hostile(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: hostile(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, dict):
        return {hostile(key): item for key, item in value.items()}
    return value


@pytest.fixture(scope="module")
def page() -> str:
    return render(RUN)


def check_loads_nothing(page: str) -> None:
    seen = Seen(page)
    assert seen.tags.isdisjoint({"script", "img", "link", "iframe", "object", "embed", "base", "form", "image", "use"})
    for name, value in seen.attributes:
        assert not name.startswith("on")
        assert name not in {"src", "srcset", "action", "xlink:href", "poster", "data"}
        if name == "href":
            assert value.startswith("#") or value == "quality.html"
        assert "url(" not in value
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_nothing_is_loaded_or_run(page: str) -> None:
    check_loads_nothing(page)
    assert "http://" not in page
    assert "https://" not in page
    assert "default-src 'none'" in page


def test_every_text_is_shown_as_text(page: str) -> None:
    attacked = render(hostile(RUN))
    check_loads_nothing(attacked)
    assert Seen(attacked).tags == Seen(page).tags
    # In a heading, in a table, and in the title of a chart: as it is, with nothing in it worked out.
    for name in ("nordlys", "crm", "Favourite category"):
        assert " ".join(f"{HOSTILE}{name}".split()) in Seen(attacked).text


def test_every_figure_is_on_the_page(page: str) -> None:
    text = Seen(page).text
    for words in ("nordlys", "Nordlys Handel ApS", "2011-12-10", "2026-03-01 09:41 CET", "4f0c9a1be27d6c55", "11.4 s"):
        assert words in text
    for figure in (RUN.people, RUN.records, RUN.events, sum(source.read for source in RUN.sources)):
        assert str(figure) in text
    for source in RUN.sources:
        assert (
            f"{source.name} {source.kind} {source.read} {source.accepted} {source.refused} {source.held_back}" in text
        )
        for header in source.untagged:
            assert header in text
        for rows in source.refusals:
            assert rows.reason in text
            assert f"line {', '.join(map(str, rows.lines))}" in text
    for variable in RUN.variables:
        assert variable.label in text
        assert variable.name in text
    for segment in RUN.segments:
        assert segment.label in text
        assert str(segment.people) in text
    for activation in RUN.activations:
        assert f"{activation.added + activation.kept} on the list" in text
        for reason in activation.held_back:
            assert reason.replace("_", " ") in text
    assert "not sent: dry run" in text


def test_charts_are_drawings_with_selectable_text_and_a_name(page: str) -> None:
    drawn = page.count("<svg ")
    assert drawn == 2 + sum(bool(v.bins or v.groups) for v in RUN.variables)
    assert page.count('role="img"') == page.count("<desc>") == drawn
    assert "Revenue in 12 months: histogram" in page
    assert ">crm</text>" in page


def test_small_groups_are_hidden(page: str) -> None:
    text = Seen(page).text
    assert "<5 restricted" in text
    assert "3 restricted" not in text
    assert "Taxidermy" not in text
    # The other counts of that set are rounded, so that no subtraction finds it.
    assert "15 held back 10 consent withdrawn <5 no email <5 restricted" in text
    assert "2815 no consent" in text
    assert "2814 no consent" not in text


@given(st.lists(st.integers(0, 400), max_size=12))
def test_no_count_of_one_to_four_is_shown_or_found_by_subtraction(counts: list[int]) -> None:
    told = shown(counts)
    assert all((one.text == "<5") == one.is_hidden == (0 < count < 5) for one, count in zip(told, counts, strict=True))
    # Every hidden count could be each of one to four: what is drawn and told of it is always the same.
    assert {one.size for one in told if one.is_hidden} <= {2.5}
    if any(one.is_hidden for one in told):
        assert all(one.size % 5 == 0 for one in told if not one.is_hidden)
    else:
        assert [one.size for one in told] == counts


EMPTY = ReportFigures("ny", "Ny ApS", datetime(2026, 3, 1), datetime(2026, 3, 1), 0.1, 1, "a", 0, 0, 0)


def test_a_first_run_without_anything_has_a_page() -> None:
    check_loads_nothing(render(EMPTY))
    assert "Nobody is linked yet." in render(EMPTY)


def test_purposes_without_anyone_and_of_one_label_have_a_bar_each() -> None:
    page = render(
        replace(EMPTY, purposes=(PurposeFigures("a", "News", "consent", 0), PurposeFigures("b", "News", "consent", 9)))
    )
    check_loads_nothing(page)
    assert "News (a)" in page
    assert "News (b)" in page
    assert "NaN" not in page


def test_the_page_is_written_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.html"
    write(EMPTY, path)
    before = path.read_text(encoding="utf-8")
    assert before.startswith("<!doctype html>")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(ReportNotWritten, match="No space"):
        write(replace(EMPTY, project="other"), path)
    assert path.read_text(encoding="utf-8") == before
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_figures_alone_do_not_load_the_drawing_libraries() -> None:
    code = "import sys, tillid.pipeline.report.figures, tillid.pipeline.report.distributions; print('altair' in sys.modules, 'vl_convert' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]
