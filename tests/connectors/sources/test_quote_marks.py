"""Whether each quote of a text stands where one may, against a slow reading of one sign after another."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tillid.connectors.sources.quote_marks import QuoteMarks

_CELL = st.sampled_from(['"a"', '"b c"', '""', '"\n"', '";"', '"x""y"', "a", '"', 'a"b', ""])
_END = st.sampled_from(["\n", "\r\n"])


def _slowly(text: str) -> tuple[bool, bool]:
    """Whether any quote is odd, and whether the last one is open."""
    is_open = is_odd = False
    beside = '\r\n;"'
    for place, sign in enumerate(text):
        if sign == '"':
            before, after = text[place - 1 : place] or "\n", text[place + 1 : place + 2]
            is_odd |= bool(after) and after not in beside if is_open else before not in beside
            is_open = not is_open
    return is_odd, is_open


@settings(max_examples=500)
@given(st.lists(st.lists(_CELL, min_size=1, max_size=4), max_size=6), _END, st.lists(st.integers(0, 60), max_size=4))
@example([['"a"', '"b"'], ['"c"', '"d"']], "\n", [])
@example([['"a"', '";"'], ['"\n"', 'a"b']], "\n", [])
def test_quotes_are_told_as_one_sign_after_another_tells_them(rows, end, cuts):
    text = "".join(";".join(row) + end for row in rows)
    marks = QuoteMarks('"', ";")
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    for start, stop in pairwise(places):
        marks.pass_by(text[start:stop].encode())
    is_odd, is_open = _slowly(text)
    assert marks.is_odd == is_odd
    assert is_odd or marks.is_open == is_open
