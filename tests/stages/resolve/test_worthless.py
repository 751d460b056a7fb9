"""Values that identify nobody: what is taken for one, however fast it is looked for."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tillid.stages.resolve.worthless import _WORTHLESS, is_worthless  # the pattern itself is the law

WORTHLESS = [
    *("anonym", "UKENDT", "gæst", "GÆST", "n/a", "-1", "---", "...", "???", "xxxx", "", "0", "000-00", "0 0", " "),
    *("111111", "9999999", "+4500000000", "+4777777777", "test@example.com", "No-Reply@example.com", "xx@example.com"),
    *("u\u212aendt", "te\u017ft", "a\u017fdf@example.com"),
]
WORTH = ["K00000001", "anne@example.com", "11", "777", "+4520123456", "testa@example.com", "anonyma", "ø", "4", "kurt"]


@pytest.mark.parametrize("value", WORTHLESS)
def test_it_identifies_nobody(value: str) -> None:
    assert is_worthless(pa.array([None, value, "K1"])).to_pylist() == [None, True, False]


@pytest.mark.parametrize("value", WORTH)
def test_it_may_identify_somebody(value: str) -> None:
    assert is_worthless(pa.array([value])).to_pylist() == [False]


VALUES = st.one_of(
    st.none(), st.sampled_from([*WORTHLESS, *WORTH]), st.text(max_size=6), st.from_regex(_WORTHLESS), st.text("0 -\t19+x", max_size=9)
)  # fmt: skip


@settings(max_examples=1000)
@given(st.lists(VALUES, max_size=12), st.integers(0, 6), st.sampled_from([pa.string(), pa.large_string()]))
def test_it_is_what_the_pattern_says_in_any_part_of_a_column(
    values: list[str | None], first: int, type_: pa.DataType
) -> None:
    part = pa.array(values, type_).slice(first)
    assert is_worthless(part).to_pylist() == pc.match_substring_regex(part, _WORTHLESS).to_pylist()
