"""The colours of the page and of its charts; text on white keeps a contrast of 4.5 to 1 or more."""

from __future__ import annotations

INK = "#1d2b2f"
MUTED = "#5f6d70"
GRID = "#e4e2dc"
ACCENT = "#1f6f6b"
PALE = "#b9d3cf"
GOOD = "#1f6f6b"
CHANGED = "#d99a3d"
BAD = "#b34a36"
OTHER = "#b8b4a9"
REASONS = ("#d99a3d", "#b34a36", "#6f5a8c", "#4f7cac", "#8a9a5b", "#c98fa0")
