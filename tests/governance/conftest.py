"""Puts the kit (a made-up shop, random expressions, the walk over governed SQL) within reach of these tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "kit"))
