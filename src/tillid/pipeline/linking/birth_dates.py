"""Birth dates of a list as YYYY-MM-DD, however its column writes them."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.dates import wash_dates
from tillid.stages.wash.ordinary_dates import DateHabits, order_of

_TWO_NUMBERS = r"^(?P<one>[0-9]{1,2})[-/. ]+(?P<two>[0-9]{1,2})[-/. ]+[0-9]{2,4}(?:[ T]|$)"
_MONTHS = 12


def birth_dates(texts: pa.Array, date_format: str | None, today: date) -> pa.Array:
    """The days that texts say; a text that says none stays as it is, for its digits may be a date with a slip.

    `date_format` is what looking at the file found. What the whole column shows of day and month comes before it.

    >>> texts = pa.array(["19850403", "4/25/85", "3/4/1985", "1630-08-01", "19851341"])
    >>> birth_dates(texts, None, date(2026, 1, 1)).to_pylist()
    ['1985-04-03', '1985-04-25', '1985-03-04', '1630-08-01', '19851341']
    """
    packed = pc.utf8_trim_whitespace(texts).dictionary_encode()
    distinct = packed.dictionary
    order = _order_shown(distinct) or order_of(date_format)
    read = wash_dates(distinct, DateHabits(today, order, is_birth=True)).values
    # Lists of the dead: what is too long ago to be alive is a day all the same.
    whole_years = pc.if_else(pc.match_substring_regex(distinct, r"[0-9]{4}"), distinct, pa.scalar(None, pa.string()))
    long_ago = wash_dates(whole_years, DateHabits(today, order)).values
    return pc.coalesce(read, long_ago, distinct).take(packed.indices)


def _order_shown(distinct: pa.Array) -> str:
    """`dmy` or `mdy` where numbers above 12 show it; empty where none does, or both as often."""
    found = pc.extract_regex(distinct, _TWO_NUMBERS)
    numbers = (pc.struct_field(found, part).cast(pa.int32()) for part in ("one", "two"))
    one, two = (pc.greater(number, _MONTHS).true_count for number in numbers)
    return "" if one == two else "dmy" if one > two else "mdy"
