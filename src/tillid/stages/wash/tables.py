"""The tables that this stage owns: none, for it writes its columns into the tables of the sources."""

from __future__ import annotations

TABLES = ()
