"""Wash: e-mails, phones, names, postcodes and cities made comparable, the raw values kept beside."""

from __future__ import annotations

from tillid.stages.wash.definitions import CAN_GUESS, ColumnWash, Verdict, WashKind
from tillid.stages.wash.reasons import GUESSES, VERDICT_OF, Reason
from tillid.stages.wash.verdicts import Washed
from tillid.stages.wash.wash import WashedBatch, wash, wash_batch

__all__ = [
    "CAN_GUESS",
    "GUESSES",
    "VERDICT_OF",
    "ColumnWash",
    "Reason",
    "Verdict",
    "WashKind",
    "Washed",
    "WashedBatch",
    "wash",
    "wash_batch",
]
