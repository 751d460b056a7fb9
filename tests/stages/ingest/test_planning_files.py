"""Which files are read again."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from tillid.ports.source import SourceFile
from tillid.stages.ingest.plan_files import plan_files


def file(path: str, digest: str) -> SourceFile:
    return SourceFile(path, 1, datetime(2026, 1, 1), digest)


def test_files_are_told_apart_by_path_and_digest():
    plan = plan_files({"a": "1", "b": "2", "c": "3"}, [file("d", "3"), file("a", "1"), file("b", "9")])
    assert [f.path for f in plan.new] == ["d"]
    assert [f.path for f in plan.changed] == ["b"]
    assert [f.path for f in plan.unchanged] == ["a"]
    assert plan.gone == ("c",)
    assert [f.path for f in plan.to_read] == ["b", "d"]
    assert not plan.is_empty
    assert plan_files({"a": "1"}, [file("a", "1")]).is_empty


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("12")),
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("12")),
)
def test_every_file_is_in_one_place(seen, now):
    plan = plan_files(seen, [file(path, digest) for path, digest in now.items()])
    placed = [f.path for f in (*plan.new, *plan.changed, *plan.unchanged)]
    assert sorted(placed) == sorted(now)
    assert set(plan.gone) == set(seen) - set(now)
    assert {f.path for f in plan.unchanged} == {path for path in now if seen.get(path) == now[path]}
