"""What can be wrong with traits and variables.

FieldInvalid
├── NameUnknown             a column, table or variable that does not exist
└── ProfileInvalid
    ├── TypeOutsideMeasure  a measure that the column's type does not have
    ├── TraitTypesDiffer    columns of one trait that have no type in common
    ├── ExpressionInvalid   sql of a variable that cannot be read or whose types do not fit
    ├── FunctionNotAllowed  sql that uses more than the allowed functions
    └── VariablesInCycle    variables that need one another
"""

from __future__ import annotations

from tillid.terms.fields import FieldInvalid


class ProfileInvalid(FieldInvalid):
    """A trait or variable is wrong."""


class TypeOutsideMeasure(ProfileInvalid):
    """The measure or rule does not exist for the type of the column."""


class TraitTypesDiffer(ProfileInvalid):
    """The columns of one trait have no type in common."""


class ExpressionInvalid(ProfileInvalid):
    """The sql of a variable cannot be read, or its types do not fit."""


class FunctionNotAllowed(ProfileInvalid):
    """The sql of a variable uses something that is not on the list of what it may use."""


class VariablesInCycle(ProfileInvalid):
    """Variables need one another in a circle; `names` holds them in order, the first again at the end."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"Variables need one another: {' → '.join(names)}", field=("sql",), definition=names[0])
        self.names = names
