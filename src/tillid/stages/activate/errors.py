"""What can be wrong with an activation.

FieldInvalid
├── NameUnknown             a column that is neither trait nor variable
└── ActivationInvalid
    └── ColumnAmbiguous     a column that is both a trait and a variable
"""

from __future__ import annotations

from tillid.terms.fields import FieldInvalid


class ActivationInvalid(FieldInvalid):
    """An activation is wrong."""


class ColumnAmbiguous(ActivationInvalid):
    """The column is both a trait and a variable."""
