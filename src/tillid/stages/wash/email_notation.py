"""Odd ways to write an e-mail address: those that can be put right for sure, and those that can be guessed at."""

from __future__ import annotations

import re

from tillid.stages.wash.email_domains import KNOWN, VERY_FREQUENT

_SCHEME = re.compile(r"^(?:mailto|e-?mail|smtp):\s*", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"<([^<>]*@[^<>]*)>")
_WRAPPING = "<>()[]\"'’‘“”«»;:,. "

_AT_WORDS = re.compile(r"\s*[(\[{<]\s*(?:at|a|snabel-?a|alfakrøll|krøllalfa|apenstaartje|arobase)\s*[)\]}>]\s*")
_DOT_WORDS = re.compile(r"\s*[(\[{<]\s*(?:dot|punktum|prik|punt|point|\.)\s*[)\]}>]\s*")
_SPOKEN_AT, _SPOKEN_DOT = (
    re.compile(r" (?:at|snabel-?a|krøllalfa|apenstaartje|arobase) "),
    re.compile(r" (?:dot|punktum) "),
)
_BLANKS_AND_DOTS = re.compile(r"(?:\s*[.,]+)+\s*")
_DOUBLED_DOTS = re.compile(r"\.{2,}")
# Endings by which a domain whose parts came apart is known to be one.
_USUAL_ENDINGS = frozenset("dk no nl be com net org eu se de fr uk info fi nu".split())
_WITHOUT_DOT = {domain.replace(".", ""): domain for domain in sorted(KNOWN)}
_BETWEEN = re.compile(r"[;,|/\s]+")


def unwrapped(text: str) -> str:
    """The text without the brackets, quotes, scheme and name that mail programs put around an address.

    >>> unwrapped('"Ida Holm" <mailto:ida@example.com?subject=Hej>;')
    'ida@example.com'
    """
    named = _IN_BRACKETS.search(text)
    bare = named.group(1) if named else text
    before = None
    while bare != before:
        before = bare
        bare = _SCHEME.sub("", bare.strip(_WRAPPING)).split("?subject=")[0]
    return bare


def notation_repaired(text: str) -> str | None:
    """The address that was surely meant, in small letters, or None; its syntax is still to be checked.

    >>> notation_repaired("ida @ example,com"), notation_repaired("ida@@gmailcom")
    ('ida@example.com', 'ida@gmail.com')
    >>> notation_repaired("ida holm@example.com") is None
    True
    """
    local, domain = _parted(text)
    if not local or not domain or " " in local:
        return None
    joined = _BLANKS_AND_DOTS.sub(".", domain).strip(". /\\")
    ending = joined.rpartition(".")[2]
    known = _WITHOUT_DOT.get(re.sub("[ .]", "", joined))
    if known is not None:
        return f"{local}@{known}"
    # Commas and blanks may also part the address from what follows it.
    came_apart = " " in domain or "," in domain
    if " " in joined or (came_apart and (ending not in _USUAL_ENDINGS or joined.count(".") > 1)):
        return None
    return f"{local}@{joined}"


def within_text(text: str) -> list[str]:
    """The parts of a longer text that hold an @, if it is clear where the first begins.

    A word right before an address may be a part of it that came off: Ida Holm@example.com. Of a whole name whose
    first word the address begins with, it is not.

    >>> within_text("ida@example.com og ole@example.com"), within_text("privat: ida@example.com")
    (['ida@example.com', 'ole@example.com'], ['ida@example.com'])
    >>> within_text("ida holm@example.com")
    []
    """
    parts = [part for part in _BETWEEN.split(text) if part]
    places = [at for at, part in enumerate(parts) if "@" in part]
    if not places:
        return []
    before = parts[: places[0]]
    is_named = len(before) > 1 and parts[places[0]].lower().startswith(before[0].lower())
    if before and before[-1][-1:] not in (":", "(", "=", "-") and not is_named:
        return []
    return [parts[at] for at in places]


def guessed(text: str) -> str | None:
    """The address that was most likely meant, or None; its syntax is still to be checked.

    >>> guessed("ida,holm@example.com"), guessed("ida..holm.@example.com"), guessed("ida.holmgmail.com")
    ('ida.holm@example.com', 'ida.holm@example.com', 'ida.holm@gmail.com')
    """
    local, domain = _parted(text)
    if not domain:
        lowered = text.lower()
        for provider in sorted(VERY_FREQUENT, key=len, reverse=True):
            before = lowered.removesuffix(provider)
            # A digit may be the 2 of the key of the @.
            if before != lowered and before[-1:].isalpha():
                return f"{before}@{provider}"
        return None
    dotted = _DOUBLED_DOTS.sub(".", _BLANKS_AND_DOTS.sub(".", local)).strip(".")
    return f"{dotted}@{_BLANKS_AND_DOTS.sub('.', domain).strip('. ')}"


def _parted(text: str) -> tuple[str, str]:
    """What stands before and after the one @ of a text, however it is written; empty where there is not one."""
    lowered = text.lower().replace("＠", "@")
    if "@" not in lowered:
        lowered = _AT_WORDS.sub("@", lowered.replace("%40", "@"), count=1)
    if "@" not in lowered and len(_SPOKEN_AT.findall(lowered)) == 1:
        lowered = _SPOKEN_DOT.sub(".", _SPOKEN_AT.sub("@", lowered))
    lowered = _DOT_WORDS.sub(".", lowered)
    parts = re.split(r"@+", lowered)
    if len(parts) != 2:
        return "", ""
    return parts[0].strip(), parts[1].strip()
