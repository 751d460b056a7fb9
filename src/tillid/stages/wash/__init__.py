"""Wash: e-mails, phones, names, postcodes and cities made comparable, the raw values kept beside."""

from __future__ import annotations

from tillid.stages.wash.definitions import ColumnWash, Verdict, WashKind
from tillid.stages.wash.wash import Washed, wash, wash_batch

__all__ = ["ColumnWash", "Verdict", "WashKind", "Washed", "wash", "wash_batch"]
