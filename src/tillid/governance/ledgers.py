"""The ledgers: what persons said about the use of their data, under the subject that it came with."""

from __future__ import annotations

from enum import StrEnum

from tillid.governance.housekeeping import INTAKE, LEADS, PERMISSIONS
from tillid.terms.table import SUBJECT_ID, Column, Table

FROM_SUBJECT = "from_subject"
"""The column with the subject who said what is carried to another."""
PREFERENCE = frozenset({"user.privacy_preferences"})


class Statement(StrEnum):
    """What an entry of the consent ledger states; a suppression is a listing that bars."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    RESTRICTED = "restricted"
    SUPPRESSED = "suppressed"
    UNSUPPRESSED = "unsuppressed"


CONSENT_STATES = (Statement.GIVEN, Statement.REFUSED, Statement.WITHDRAWN, Statement.OBJECTED, Statement.RESTRICTED)
"""What a consents source may say."""

_STATEMENT = (
    Column("purpose", "string", PREFERENCE, label="Purpose, or a data use for objections and suppressions"),
    Column("state", "string", PREFERENCE),
    Column("at", "timestamp(6)", PREFERENCE),
    Column("source", "string", PREFERENCE),
    Column("notice", "string", PREFERENCE),
    Column("evidence", "string", PREFERENCE, distinct=True),
)

LEDGER = Table(
    "consent_ledger",
    (Column(SUBJECT_ID, "int64", key=True), *_STATEMENT),
    only_for=frozenset({INTAKE, PERMISSIONS}),
    label="Consents, refusals, withdrawals, objections, restrictions and suppressions, as they came",
)

NEW_STATEMENTS = Table(
    "new_statements",
    LEDGER.columns,
    only_for=frozenset({INTAKE, PERMISSIONS}),
    label="The entries of the ledger that came in with the run that is going on; none between runs",
)

CARRIED = Table(
    "carried",
    (Column(SUBJECT_ID, "int64", key=True), Column(FROM_SUBJECT, "int64", key=True), *_STATEMENT),
    only_for=frozenset({PERMISSIONS}),
    label="What was said by another subject while the two were one person, and stays should they be parted",
)

DATA_SUBJECTS = Table(
    "data_subjects",
    (
        Column(SUBJECT_ID, "int64", key=True),
        Column("data_subject", "string", PREFERENCE, label="Kind of data subject, as a source declares it"),
    ),
    only_for=frozenset({INTAKE, PERMISSIONS, LEADS}),
    label="Which kinds of data subject a subject was met as",
)
