"""E-mail addresses: lower case, without wrapping, and only where the syntax is that of an address."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, ValidatedEmail, validate_email

from tillid.stages.wash.grading import unremarked
from tillid.stages.wash.reasons import Graded
from tillid.stages.wash.text import clean, fast_or_slow, is_placeholder, only_where

LONGEST_CELL = 500
LONGEST_ADDRESS = 254

_ATOM = "[a-z0-9_+=&%#!~-]+"
# A label with two hyphens inside may be Punycode, which the slow path reads.
_LABEL = "[a-z0-9](?:-?[a-z0-9])*"
_ORDINARY = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[a-z](?:-?[a-z0-9])*[a-z]$"
_RESERVED = r"[@.](?:" + "|".join(map(re.escape, SPECIAL_USE_DOMAIN_NAMES)) + r")$"

_SCHEME = re.compile(r"^(?:mailto|e-?mail|smtp):\s*", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"<([^<>]*@[^<>]*)>")
_WRAPPING = "<>()[]\"'’‘“”«»;:,. "


def wash_emails(values: pa.Array) -> Graded:
    """Trimmed strings to addresses, null where a value is not one."""
    lowered = pc.ascii_lower(values)
    ordinary = pc.match_substring_regex(lowered, _ORDINARY)
    # Within 64 bytes no part of an address can be too long.
    ordinary = pc.and_(ordinary, pc.less_equal(pc.binary_length(lowered), 64))
    ordinary = pc.and_not(ordinary, pc.match_substring_regex(lowered, _RESERVED))
    return unremarked(fast_or_slow(only_where(ordinary, lowered), values, email_of))


def email_of(text: str) -> str | None:
    """The address in a text, or None.

    Syntax is judged by email-validator, without a look at the network; a domain with letters outside ASCII is
    kept in Unicode.

    >>> email_of("Jens Hansen <Jens.Hansen@Example.COM>;")
    'jens.hansen@example.com'
    >>> email_of("jens.hansen(at)example.com") is None
    True
    """
    if len(text) > LONGEST_CELL or is_placeholder(text):
        return None
    bare = _unwrapped(clean(text))
    address = _checked(bare)
    # What Unicode rewrites once must not be rewritten again, or an address would have two forms.
    if address is None or address.isascii() or _checked(_unwrapped(clean(address))) == address:
        return address
    return None


def _unwrapped(text: str) -> str:
    named = _IN_BRACKETS.search(text)
    bare = named.group(1) if named else text
    before = None
    while bare != before:
        before = bare
        bare = _SCHEME.sub("", bare.strip(_WRAPPING)).split("?subject=")[0]
    return bare


def _checked(bare: str) -> str | None:
    local, _, domain = unicodedata.normalize("NFC", bare.lower()).rpartition("@")
    # Reading a domain outside ASCII takes about a millisecond, and few domains serve many addresses.
    written = _domain(domain)
    if written is None or len(local.encode()) + len(domain.encode()) > LONGEST_ADDRESS - 1:
        return None
    known = _syntax(f"{local}@x.dk")
    if known is None:
        return None
    return unicodedata.normalize("NFC", f"{known.local_part}@{written}".lower())


@lru_cache(maxsize=10_000)
def _domain(domain: str) -> str | None:
    known = _syntax(f"x@{domain}")
    return None if known is None else known.domain


def _syntax(address: str) -> ValidatedEmail | None:
    try:
        return validate_email(address, check_deliverability=False)
    except (EmailNotValidError, UnicodeError):
        return None
