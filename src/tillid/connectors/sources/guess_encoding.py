"""Guesses which one-byte encoding text is in, by how its letters fit into the words around them."""

from __future__ import annotations

import re

_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_MOST_WORDS = 4000
_WESTERN = ("cp1252", "cp850", "mac-roman", "cp437")
"""In order of preference: Windows and the web, DOS, old Macs, DOS in the USA (which lacks ø)."""
_OTHER_SCRIPTS = {
    "iso-8859-7": frozenset("αοιετσνρςάόίέήύώ"),
    "cp1251": frozenset("оеаинтсрвлкмдпу"),
    "koi8-r": frozenset("оеаинтсрвлкмдпу"),
}
_USUAL = frozenset("æøåÆØÅäöüÄÖÜéèêëÉïóáàçñß")
_PUNCTUATION = frozenset("’‘“”–—…€£§°´«»·½¼¾ ®©™²³")


def guess_one_byte(content: bytes) -> str:
    """The encoding that makes the most sense of bytes outside ASCII that are no UTF-8.

    iso-8859-1 where nothing tells it from windows-1252.

    >>> [guess_one_byte("Søren Ærø, Århus".encode(encoding)) for encoding in ("latin-1", "cp850", "mac-roman")]
    ['iso-8859-1', 'cp850', 'mac-roman']
    """
    words = [word for word, _ in zip(_WORD.findall(content), range(_MOST_WORDS), strict=False)]
    other = _other_script(words)
    if other:
        return other
    best = max(_WESTERN, key=lambda encoding: (_fitness(words, encoding), -_WESTERN.index(encoding)))
    if best == "cp1252" and not re.search(rb"[\x80-\x9f]", content):
        return "iso-8859-1"
    return best


def _fitness(words: list[bytes], encoding: str) -> float:
    return sum(_fit(word.decode(encoding, errors="replace")) for word in words)


def _fit(word: str) -> float:
    score = 0.0
    for place, sign in enumerate(word):
        if sign.isascii():
            continue
        before, after = word[place - 1 : place], word[place + 1 : place + 2]
        if sign in _USUAL:
            # A capital after a small letter is not how words are written.
            score += -1.0 if sign.isupper() and before.islower() else 1.0
        elif sign in _PUNCTUATION:
            score += -0.5 if before.isalpha() and after.isalpha() and sign != "’" else 0.2
        else:
            score -= 1.0 if not sign.isalpha() else 0.3
    return score


def _other_script(words: list[bytes]) -> str | None:
    """Greek or Cyrillic: words without any ASCII letter."""
    foreign = [word for word in words if len(word) >= 3 and min(word) >= 0x80]
    if len(foreign) * 2 <= len(words):
        return None
    text = b"".join(foreign)

    def share(encoding: str) -> float:
        letters = text.decode(encoding, errors="replace").lower()
        usual = sum(letter in _OTHER_SCRIPTS[encoding] for letter in letters) / len(letters)
        decoded = [word.decode(encoding, errors="replace") for word in foreign]
        return usual + sum(word.islower() or word.istitle() or word.isupper() for word in decoded) / len(decoded)

    best = max(_OTHER_SCRIPTS, key=share)
    return best if share(best) > 1.4 else None
