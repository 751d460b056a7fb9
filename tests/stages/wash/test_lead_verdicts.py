"""The verdicts of leads and the age of suppression lists: laws and tables."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.wash.lead_verdicts import ORDER, Finding, LeadVerdict, counted, judged
from tillid.stages.wash.list_age import AgeRule, ListAge, date_in_name

FINDINGS = st.lists(
    st.builds(
        lambda verdict, reason, about: (verdict, reason, about),
        st.sampled_from(ORDER[:-1]),
        st.sampled_from(["a", "b"]),
        st.lists(st.sampled_from([True, False, None]), min_size=5, max_size=5),
    )
)


@given(FINDINGS)
def test_each_lead_has_one_verdict_the_first_that_was_found(found: list[tuple]) -> None:
    verdicts = judged(5, [Finding(v, r, pa.array(about, pa.bool_())) for v, r, about in found])
    for lead, row in enumerate(verdicts.to_pylist()):
        about = [(ORDER.index(v), place, r) for place, (v, r, on) in enumerate(found) if on[lead]]
        first = min(about, default=None)
        assert row["verdict"] == (LeadVerdict.GOOD if first is None else ORDER[first[0]])
        assert row["reason"] == (None if first is None else first[2])
    assert sum(sum(reasons.values()) for reasons in counted(verdicts).values()) == 5


@pytest.mark.parametrize(
    ("name", "dated", "today", "stale"),
    [
        ("robinson", date(2026, 7, 1), date(2026, 9, 30), False),
        ("robinson", date(2026, 6, 30), date(2026, 7, 1), True),
        ("Robinsonlisten Q3", date(2025, 8, 1), date(2026, 8, 1), True),
        ("reservasjonsregisteret", date(2026, 7, 1), date(2026, 7, 31), False),
        ("Reservasjon", date(2026, 6, 30), date(2026, 7, 1), True),
        ("dncm-be", date(2026, 7, 1), date(2026, 7, 2), False),
        ("Bel-me-niet-meer", date(2026, 7, 1), date(2026, 7, 3), True),
        ("own opt-outs", date(2026, 7, 1), date(2026, 7, 31), False),
        ("own opt-outs", date(2026, 7, 1), date(2026, 8, 1), True),
        ("own opt-outs", date(2026, 7, 2), date(2026, 7, 1), True),
    ],
)
def test_a_list_counts_while_its_law_says(name: str, dated: date, today: date, stale: bool) -> None:
    assert ListAge.of(name, dated).is_stale(today) is stale


@given(
    st.sampled_from(["robinson", "reservasjon", "dncm", "other"]), st.dates(), st.integers(0, 500), st.integers(0, 500)
)
def test_a_stale_list_does_not_become_current_again(name: str, dated: date, days: int, more: int) -> None:
    if dated.toordinal() + days + more > date.max.toordinal():
        return
    age = ListAge.of(name, dated)
    if age.is_stale(dated + timedelta(days)):
        assert age.is_stale(dated + timedelta(days + more))
    assert not age.is_stale(dated)


def test_every_rule_is_some_lists() -> None:
    names = ("robinson", "reservasjon", "dncm", "x")
    assert {ListAge.of(name, date(2026, 1, 1)).rule for name in names} == set(AgeRule)


@given(st.text())
def test_no_name_makes_it_raise(name: str) -> None:
    found = date_in_name(name)
    assert found is None or isinstance(found, date)
