"""Shapes of conditions: rules over the rows of a table, and rules over persons."""

from __future__ import annotations

from tillid.pipeline.project.schema import Key, ListOf, Named, Record, Scalar, Shape, Text, Truth, Variants, Whole
from tillid.pipeline.project.words import DURATION
from tillid.terms.comparisons import OPERATORS

_WRITTEN: dict[str, tuple[Shape, str]] = {
    "eq": (Scalar(), "equal to"),
    "ne": (Scalar(), "not equal to"),
    "gt": (Scalar(), "greater than"),
    "gte": (Scalar(), "greater than or equal to"),
    "lt": (Scalar(), "less than"),
    "lte": (Scalar(), "less than or equal to"),
    "in": (ListOf(Scalar()), "one of"),
    "not_in": (ListOf(Scalar()), "none of"),
    "is_null": (Truth(), "true: has no value; false: has one"),
    "contains": (Text(), "text that stands in it"),
    "starts_with": (Text(), "text that it starts with"),
}
_OPERATORS = {name: Key(*_WRITTEN[name]) for name in OPERATORS}


def _comparison(key: str, says: str) -> Record:
    return Record({key: Key(Text(), says, required=True), **_OPERATORS}, one_of=OPERATORS)


def _tree(inner: Named) -> dict[str, Record]:
    return {
        "all": Record({"all": Key(ListOf(inner), "every one of these", required=True)}),
        "any": Record({"any": Key(ListOf(inner), "at least one of these", required=True)}),
        "not": Record({"not": Key(inner, "the opposite", required=True)}),
    }


ROW_CONDITION: Named = Named("row_condition", lambda: _ROW_CONDITION)
"""Which rows of a table: all, any, not, or a column compared with a value."""

SEGMENT_RULE: Named = Named("segment_rule", lambda: _SEGMENT_RULE)
"""Which persons: all, any, not, a variable or trait compared, or what a person did or did not do."""

_ROW_CONDITION: Variants = Variants(
    {**_tree(ROW_CONDITION), "column": _comparison("column", "column of the table")}, what="condition"
)

_WITHIN = Key(DURATION, "how far back; default: all time")
_WHERE = Key(ROW_CONDITION, "which of the events")

_SEGMENT_RULE: Variants = Variants(
    {
        **_tree(SEGMENT_RULE),
        "variable": _comparison("variable", "a variable"),
        "trait": _comparison("trait", "a trait of the profile"),
        "did": Record(
            {
                "did": Key(Text(), "source of events that the person took part in", required=True),
                "at_least": Key(Whole(), "how often at least; default: once"),
                "at_most": Key(Whole(), "how often at most"),
                "exactly": Key(Whole(), "how often, neither less nor more"),
                "within": _WITHIN,
                "where": _WHERE,
            }
        ),
        "did_not": Record(
            {
                "did_not": Key(Text(), "source of events that the person took no part in", required=True),
                "within": _WITHIN,
                "where": _WHERE,
            }
        ),
    },
    what="rule",
)
