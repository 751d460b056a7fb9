"""Which rows of two lists are about the same person though no identifier says so: by name, place and birth date."""

from __future__ import annotations

from tillid.stages.resolve.near.compared import FIELDS, GIVEN, compared
from tillid.stages.resolve.near.index import Index, Matches
from tillid.stages.resolve.near.weights import DEFAULT_THRESHOLD, Weights

__all__ = ["DEFAULT_THRESHOLD", "FIELDS", "GIVEN", "Index", "Matches", "Weights", "compared"]
