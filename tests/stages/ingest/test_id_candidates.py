"""What the fast look at a column passes by holds no number that the slow look would take out."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_up_ids import INVALID, VALID

from tillid.stages.ingest import id_candidates
from tillid.stages.ingest.digits_in_texts import DigitsInTexts
from tillid.stages.ingest.id_candidates import candidate_texts, texts_with_digits
from tillid.stages.ingest.id_evidence import Verdict
from tillid.stages.ingest.quarantine import _without  # the slow look itself
from tillid.terms.identity_digits import NationalId

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
NUMBERS = [*VALID, *INVALID, *(n.replace("-", "").replace(".", "").replace(" ", "") for n in VALID)]
OTHERS = ["3786.66666666667", "0.0111111111", "9.8334567891E-05", "101701234,000", "1.01701234E8", "7.0101701234"]
AROUND = st.text(st.sampled_from("0123456789 .,-/_+abeE:øcprbsn %٣"), max_size=14)
VALUES = st.one_of(
    st.none(),
    st.sampled_from([*NUMBERS, *OTHERS, *(n.translate(FULL_WIDTH) for n in VALID)]),
    st.text(max_size=14),
    st.text("0123456789", max_size=12),
    st.from_regex(r"[+-]?[0-9]{1,8}[.,][0-9]{1,12}([eE][+-]?[0-9]{1,2})?", fullmatch=True),
    st.builds("{}{}{}".format, AROUND, st.sampled_from(NUMBERS), AROUND),
)
VERDICTS = st.fixed_dictionaries({kind: st.sampled_from(Verdict) for kind in NationalId})


@pytest.mark.parametrize("few", [0, 32], ids=["matched", "looked at one by one"])
@settings(max_examples=1000, deadline=None)
@given(st.lists(VALUES, max_size=12), VERDICTS, st.sampled_from([pa.string(), pa.large_string()]))
@example(["2.512260018E9", " 2,512260018e+9 "], dict.fromkeys(NationalId, Verdict.UNSURE), pa.string())
@example(["0101701234.0000000"], dict.fromkeys(NationalId, Verdict.UNSURE), pa.string())
def test_no_text_is_passed_by_that_holds_a_number(
    few: int, values: list[str | None], verdicts: dict[NationalId, Verdict], type_: pa.DataType
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(id_candidates, "_FEW", few)
        found = candidate_texts(pa.array(values, type_), verdicts).to_pylist()
    held = [i for i, text in enumerate(values) if text is not None and _without(text, verdicts) is not None]
    assert set(held) <= set(found)
    assert found == sorted(set(found))


@settings(max_examples=400)
@given(
    st.lists(st.one_of(st.none(), st.text(st.sampled_from("0189/:aøÅ٣字"), max_size=6)), max_size=20),
    st.integers(0, 20),
    st.integers(0, 20),
    st.sampled_from([pa.string(), pa.large_string()]),
)
def test_digits_are_counted_as_one_would_in_any_part_of_a_column(
    values: list[str | None], first: int, rows: int, type_: pa.DataType
) -> None:
    part = pa.array(values, type_).slice(first, rows)
    counted = DigitsInTexts.of(part)
    texts = part.to_pylist()
    said = [
        (lengths, digits) for lengths, digits in zip(counted.lengths.tolist(), counted.digits.tolist(), strict=True)
    ]
    expected = [(len(t.encode()), sum(c in "0123456789" for c in t)) if t is not None else None for t in texts]
    assert all(e is None or s == e for s, e in zip(said, expected, strict=True))
    assert counted.beyond_latin == any(ord(c) >= 0x600 for t in texts if t is not None for c in t)


def test_what_stands_in_place_of_a_null_is_not_looked_at() -> None:
    values = pa.array([VALID[0], "a", VALID[1]])
    _, offsets, data = values.buffers()
    hidden = pa.Array.from_buffers(pa.string(), 3, [pa.py_buffer(b"\x02"), offsets, data])
    assert hidden.to_pylist() == [None, "a", None]
    assert candidate_texts(hidden, dict.fromkeys(NationalId, Verdict.IDS)).to_pylist() == []
    assert texts_with_digits(hidden).to_pylist() == []
