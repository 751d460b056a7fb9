"""What of a row is compared: names, street, house number, postcode and birth date, without what writers vary."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

FIELDS = ("first_name", "last_name", "street", "house", "unit", "postcode", "born", "email", "phone", "country")
"""The compared fields; `compared` gives a row's value of each as text, null where there is none."""

GIVEN = ("name", "first_name", "last_name", "address", "postcode", "birth_date", "email", "phone", "country")
"""What a row may give; `name` is a whole name, `address` a line with street and house number."""

# Letters that two keyboards write differently, written one way.
_ONE_WAY = (("æ", "ae"), ("ä", "ae"), ("ø", "oe"), ("ö", "oe"), ("å", "aa"), ("ü", "u"), ("ß", "ss"), ("ĳ", "ij"))
# Letters of Cyrillic as Latin ones, so that a name keeps its length: some are set among Latin ones to look alike.
_CYRILLIC = dict(zip("абвгдежзийклмнопрстуфхцчшщъыьэюя", "abvgdejziiklmnoprstufhccssxyxeua", strict=True)) | {
    "і": "i", "ї": "i", "є": "e", "ј": "j", "ѕ": "s", "ё": "e", "ў": "u", "ђ": "d", "ћ": "c",
}  # fmt: skip
_HAS_CYRILLIC = r"\p{Cyrillic}"
# Small words before a surname come and go from list to list.
_PARTICLES = r"\b(?:van|von|der|den|de|het|ten|ter|te|af|av|la|le|du|el|d|t|s)\b"
_HOUSE_LAST = r"^(?P<street>[^0-9]*?[^0-9 ,.][^0-9]*?)[ ,.]*(?P<house>[0-9]+)(?: ?(?P<letter>[a-z])\b)?(?P<unit>.*)$"
_HOUSE_FIRST = r"^(?P<house>[0-9]+) ?(?P<letter>[a-z])?[ ,]+(?P<street>[^0-9,]*[^0-9 ,.])"
_STREET_WORDS = (
    (r"(?:strasse|straat|straet|str)\b\.?", "str"),
    (r"(?:gade|gate|gaten|gata|gt|gd)\b\.?", "gt"),
    (r"(?:vej|veien|vei|vegen|veg|vn|vj|weg)\b\.?", "v"),
    (r"\b(?:rue|r)\b\.?", "r"),
    (r"(?:plads|plass|plein|plaats|pl)\b\.?", "pl"),
    (r"(?:alle|laan|avenue|av)\b\.?", "al"),
)


def compared(given: Mapping[str, pa.Array], rows: int) -> pa.Table:
    """Rows as they are compared: a table of `FIELDS`, as text.

    `given` holds arrays of text for any of `GIVEN`; `birth_date` is YYYY-MM-DD. Where there is no
    `first_name` or `last_name`, the first and the last word of `name` stand for them.

    >>> row = {"name": pa.array(["SØREN van der Ågård"]), "address": pa.array(["Nørregade 12 b, 3. tv"])}
    >>> [column[0].as_py() for column in compared(row, 1).columns[:6]]
    ['soeren', 'aagaard', 'noerregt', '12b', '3tv', None]
    """
    nothing = pa.nulls(rows, pa.string())
    text = {name: _text(given.get(name, nothing)) for name in GIVEN}
    whole = folded(text["name"])
    first, last = folded(text["first_name"]), folded(text["last_name"])
    first = pc.coalesce(_word(first, "^([a-z0-9]+)"), _word(whole, "^([a-z0-9]+) "))
    family = pc.coalesce(last, whole)
    bare = pc.utf8_trim_whitespace(pc.replace_substring_regex(family, _PARTICLES, ""))
    last = pc.coalesce(_word(bare, "([a-z0-9]+)$"), _word(family, "([a-z0-9]+)$"))
    street, house, unit = _address(text["address"])
    postcode = _emptied(pc.replace_substring_regex(pc.utf8_upper(text["postcode"]), r"[^0-9A-Z]", ""))
    # Dutch letters after the four digits are left off as often as not.
    postcode = pc.coalesce(_word(postcode, "^([0-9]{4})[A-Z]{0,2}$"), postcode)
    as_given = [text[name] for name in ("birth_date", "email", "phone")]
    arrays = [first, last, street, house, unit, postcode, *as_given, pc.utf8_upper(text["country"])]
    return pa.Table.from_arrays(arrays, names=list(FIELDS))


def _text(values: pa.Array) -> pa.Array:
    return _emptied(pc.utf8_trim_whitespace(values.cast(pa.string())))


def _emptied(values: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)


def folded(values: pa.Array) -> pa.Array:
    """Text in small letters without accents, a blank for what is no letter or digit; null where nothing is left.

    >>> folded(pa.array(["Åse-Marit", "-", "Анна"])).to_pylist()
    ['aase marit', None, 'anna']
    """
    plain = pc.utf8_lower(pc.utf8_normalize(values, "NFKC"))
    if pc.any(pc.match_substring_regex(plain, _HAS_CYRILLIC)).as_py():
        for letter, latin in _CYRILLIC.items():
            plain = pc.replace_substring(plain, letter, latin)
    for letter, two in _ONE_WAY:
        plain = pc.replace_substring(plain, letter, two)
    # Marks, and what has no width.
    plain = pc.replace_substring_regex(pc.utf8_normalize(plain, "NFKD"), r"[\p{M}\p{Cf}]", "")
    plain = pc.replace_substring_regex(plain, r"[^a-z0-9]+", " ")
    return _emptied(pc.utf8_trim_whitespace(plain))


def _word(values: pa.Array, pattern: str) -> pa.Array:
    """What the pattern's one group found, null where it found nothing."""
    return pc.struct_field(pc.extract_regex(values, pattern.replace("(", "(?P<word>", 1)), "word")


def _address(lines: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Street, house number with letter, and what follows it (floor, door, box)."""
    lowered = pc.utf8_lower(lines)
    found = [pc.extract_regex(lowered, pattern) for pattern in (_HOUSE_LAST, _HOUSE_FIRST)]
    parts = {
        name: pc.coalesce(*(pc.struct_field(one, name) for one in found)) for name in ("street", "house", "letter")
    }
    street = folded(pc.coalesce(parts["street"], lowered))
    for words, short in _STREET_WORDS:
        street = pc.replace_substring_regex(street, words, short)
    street = _emptied(pc.replace_substring_regex(street, "[^a-z0-9]+", ""))
    house = pc.binary_join_element_wise(parts["house"], pc.fill_null(parts["letter"], ""), "")
    unit = pc.replace_substring_regex(pc.struct_field(found[0], "unit"), "[^a-z0-9]+", "")
    return street, house, _emptied(unit)
