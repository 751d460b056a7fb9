"""What can be wrong with segments; where in the rule, the field of the error says.

FieldInvalid
├── NameUnknown        a trait, variable, event table or column that does not exist
└── SegmentInvalid     a rule that contradicts itself
"""

from __future__ import annotations

from tillid.terms.fields import FieldInvalid


class SegmentInvalid(FieldInvalid):
    """A rule that contradicts itself, such as `at_most` below `at_least`."""
