"""E-mail addresses: lower case, without wrapping, and only where the syntax is that of an address."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, ValidatedEmail, validate_email

from tillid.stages.wash.email_domains import domain_grade
from tillid.stages.wash.email_notation import guessed, notation_repaired, unwrapped, within_text
from tillid.stages.wash.email_words import PLACEHOLDER, ROLE, is_placeholder_address, is_role
from tillid.stages.wash.grading import Grade, fast_or_graded
from tillid.stages.wash.reasons import Graded, Reason
from tillid.stages.wash.text import clean, is_placeholder, only_where

LONGEST_CELL = 500
LONGEST_ADDRESS = 254

_ATOM = "[a-z0-9_+=&%#!~-]+"
# A label with two hyphens inside may be Punycode, which the slow path reads.
_LABEL = "[a-z0-9](?:-?[a-z0-9])*"
_ORDINARY = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[a-z](?:-?[a-z0-9])*[a-z]$"
_RESERVED = r"[@.](?:" + "|".join(map(re.escape, SPECIAL_USE_DOMAIN_NAMES)) + r")$"
_BEGINS_WITH_WWW = "^www\\."
# The first of these that holds is what is said.
_MOST_SERIOUS_FIRST = (
    Reason.SEVERAL_VALUES,
    # Before all that may hold of an address besides: one that was guessed joins nobody, whatever else it is.
    Reason.EMAIL_GUESSED,
    Reason.TEST_VALUE,
    Reason.TAKEN_FROM_TEXT,
    Reason.EMAIL_DISPOSABLE,
    Reason.EMAIL_DOMAIN_DOUBTFUL,
    Reason.EMAIL_LOCAL_DOUBTFUL,
    Reason.EMAIL_ROLE,
    Reason.EMAIL_DOMAIN_CORRECTED,
    Reason.EMAIL_NOTATION,
)

_NOTED = (
    (ROLE, Reason.EMAIL_ROLE),
    (_BEGINS_WITH_WWW, Reason.EMAIL_LOCAL_DOUBTFUL),
    (PLACEHOLDER, Reason.TEST_VALUE),
)
_OF_NOTE = "|".join(f"(?:{pattern})" for pattern, _ in _NOTED)


def wash_emails(values: pa.Array) -> Graded:
    """Trimmed strings to addresses, null where a value is not one."""
    lowered = pc.ascii_lower(values)
    ordinary = pc.match_substring_regex(lowered, _ORDINARY)
    # Within 64 bytes no part of an address can be too long.
    ordinary = pc.and_(ordinary, pc.less_equal(pc.binary_length(lowered), 64))
    ordinary = pc.and_not(ordinary, pc.match_substring_regex(lowered, _RESERVED))
    return fast_or_graded(_judged_at_once(only_where(ordinary, lowered)), values, email_grade)


def email_grade(text: str) -> Grade:
    """The address in a text, or None, and what is to be said of it.

    Syntax is judged by email-validator, without a look at the network; a domain with letters outside ASCII is
    kept in Unicode.

    >>> email_grade("Jens Hansen <Jens.Hansen@Example.COM>;")
    ('jens.hansen@example.com', None)
    >>> email_grade("jens.hansen(at)example,com")
    ('jens.hansen@example.com', <Reason.EMAIL_NOTATION: 'email_notation'>)
    >>> email_grade("jens.hansen@example")
    (None, None)
    """
    if len(text) > LONGEST_CELL or is_placeholder(text):
        return None, None
    cleaned = clean(text)
    bare = unwrapped(cleaned)
    if (address := _stable(bare)) is not None:
        return _judged(address, None)
    if (address := _stable(notation_repaired(bare))) is not None:
        return _judged(address, Reason.EMAIL_NOTATION)
    found = [address for token in within_text(cleaned) if (address := _stable(unwrapped(token))) is not None]
    if found:
        return _judged(found[0], Reason.SEVERAL_VALUES if len(set(found)) > 1 else Reason.TAKEN_FROM_TEXT)
    if (address := _stable(guessed(bare))) is not None:
        return _judged(address, Reason.EMAIL_GUESSED)
    return None, None


def _judged(address: str, said: Reason | None) -> Grade:
    """What is to be said of an address in its right form, and the address with its domain put right."""
    local, _, domain = address.rpartition("@")
    meant, of_domain = domain_grade(domain)
    holds = {
        said,
        of_domain,
        Reason.TEST_VALUE if is_placeholder_address(address) else None,
        Reason.EMAIL_ROLE if is_role(address) else None,
        Reason.EMAIL_LOCAL_DOUBTFUL if not local.isascii() or re.match(_BEGINS_WITH_WWW, local) else None,
    }
    return f"{local}@{meant}", next((reason for reason in _MOST_SERIOUS_FIRST if reason in holds), None)


def _judged_at_once(addresses: pa.Array) -> Graded:
    """As `_judged`, for many addresses in ASCII; null stays null."""
    domains = pc.replace_substring_regex(addresses, "^.*@", "").dictionary_encode()
    grades = [domain_grade(domain) for domain in domains.dictionary.to_pylist()]
    reasons = pa.array([reason for _, reason in grades], pa.string()).take(domains.indices)
    moved = pc.fill_null(pc.equal(reasons, Reason.EMAIL_DOMAIN_CORRECTED), False)
    if pc.any(moved, min_count=0).as_py():
        meant = pa.array([domain for domain, _ in grades], pa.string()).take(domains.indices).filter(moved)
        locals_ = pc.replace_substring_regex(addresses.filter(moved), "@.*$", "@")
        addresses = pc.replace_with_mask(addresses, moved, pc.binary_join_element_wise(locals_, meant, ""))
    # Few addresses are any of these, and to look for all at once takes little longer than for one.
    noted = pc.fill_null(pc.match_substring_regex(addresses, _OF_NOTE), False)
    if noted.true_count:
        reasons = pc.replace_with_mask(reasons, noted, _noted(addresses.filter(noted), reasons.filter(noted)))
    return Graded(addresses, reasons)


def _noted(addresses: pa.Array, reasons: pa.Array) -> pa.Array:
    """The reasons of addresses of which one more thing is to be said, unless a more serious one is there."""
    for pattern, reason in _NOTED:
        lesser = pa.array([str(other) for other in _MOST_SERIOUS_FIRST[_MOST_SERIOUS_FIRST.index(reason) :]])
        holds = pc.match_substring_regex(addresses, pattern)
        holds = pc.and_(holds, pc.or_(reasons.is_null(), pc.is_in(reasons, value_set=lesser)))
        reasons = pc.if_else(holds, pa.scalar(str(reason)), reasons)
    return reasons


def _stable(bare: str | None) -> str | None:
    """The address that the text is, if it is one and reads the same the second time."""
    address = None if bare is None else _checked(bare)
    # What Unicode rewrites once must not be rewritten again, or an address would have two forms.
    if address is None or address.isascii() or _checked(unwrapped(clean(address))) == address:
        return address
    return None


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
