"""Tells what a file that is no table looks like, so that its refusal can say so."""

from __future__ import annotations

import re

_SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"{\\rtf", "a document (RTF)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"-----BEGIN ", "a key or certificate"),
)
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|table|script|meta)\b", re.IGNORECASE | re.DOTALL
)
_XML = re.compile(rb"\s*<(?:\?xml|[A-Za-z][\w.:-]*(?:\s[^<>]*)?>)")


def looks_like(start: bytes) -> str | None:
    """What a file that starts so is, where it is no table: None for anything else.

    >>> looks_like(b"%PDF-1.7"), looks_like(b"<!DOCTYPE html><p>"), looks_like(b"Nr;Navn")
    ('a PDF document', 'a web page (HTML)', None)
    """
    for signature, name in _SIGNATURES:
        if start.startswith(signature):
            return name
    text = start.removeprefix(b"\xef\xbb\xbf")
    if text.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<")):
        return "XML"
    if _HTML.match(text):
        return "a web page (HTML)"
    return "XML" if _XML.match(text) else None
