"""The tables that this stage owns: none, for its rows are on their way to the tables of the sources."""

from __future__ import annotations

TABLES = ()
