"""Puts the kit (small made-up projects, and a look straight into their stores) within reach of all tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "kit"))
