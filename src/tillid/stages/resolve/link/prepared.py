"""Records as they are compared: each field folded and coded, names as bags of words, how rare each value is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.resolve.link.roles import Role, Roles
from tillid.stages.resolve.link.values import Codes, Field, Values, coded
from tillid.stages.resolve.near.compared import folded

WORDS = 6
"""Words of a name that are compared; what comes after them is left out."""

_PUNCTUATION_WITHIN = "['’`´]"
_HOUSE = r"(?P<word>[0-9]+ ?[a-z]?)(?: |$)"
_WITHOUT_HOUSE = r"\b[0-9]+(?: ?[a-z]\b)?"
_DIGITS = (Role.PHONE, Role.COMPANY_NUMBER, Role.BIRTH_DATE)
# What says how a company is owned, and small words, in a dozen countries.
_LEGAL_FORMS = (
    r"\b(?:aps|a s|as|i s|p s|k s|b v|bv|n v|nv|vof|v o f|asa|ans|sarl|sas|sa|gmbh|ag|ab|hb|oy|oyj|ltd|limited|plc"
    r"|inc|llc|corp|co|bvba|srl|sprl|cv|og|en|and|et|und|the|de|of)\b"
)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all records as bags of words: `words` is records × `WORDS`, codes of `values`, -1 for none.

    `given` and `family` are the codes of the first given name and of the last family name.
    """

    words: npt.NDArray[np.int32]
    values: Values
    given: Codes
    family: Codes


@dataclass(frozen=True, slots=True)
class Prepared:
    """All records as they are compared."""

    rows: int
    fields: dict[str, Field]
    names: Names | None
    company_words: Names | None


def prepared(table: pa.Table, roles: Roles) -> Prepared:
    """The records of a table in the form in which they are compared.

    >>> table = pa.table({"navn": ["Bo Søe", None], "vej": ["Ågade 3 b", "Agade 3"]})
    >>> roles = Roles({Role.FULL_NAME: ("navn",), Role.STREET: ("vej",)})
    >>> {name: field.values.arrow.to_pylist() for name, field in prepared(table, roles).fields.items()}
    {'street': ['aagade', 'agade'], 'house': ['3b', '3']}
    """
    single = {role: names for role, names in roles.columns.items() if _is_single(role)}
    facts = {f"{role}:{name}": name for role in (Role.OTHER_ID, Role.TEXT) for name in roles.columns.get(role, ())}
    # Each column is folded by itself, and Arrow lets others run meanwhile.
    with ThreadPoolExecutor() as lanes:
        compared = lanes.map(lambda role: _compared(role, _column(table, single[role])), single)
        columns = dict(zip(single, compared, strict=True))
        told = lanes.map(lambda name: coded(_folded(_column(table, [name]))), facts.values())
        fields = dict(zip(facts, told, strict=True))
        if Role.STREET in columns and Role.HOUSE not in columns:
            columns[Role.STREET], columns[Role.HOUSE] = _split(columns[Role.STREET])
        alone = [role for role in columns if role not in _NAMED]
        fields |= zip(map(str, alone), lanes.map(lambda role: coded(columns[role]), alone), strict=True)
    company = columns.get(Role.COMPANY)
    words = None if company is None else _names({Role.FULL_NAME: company})
    return Prepared(table.num_rows, fields, _names({role: columns[role] for role in _NAMED if role in columns}), words)


_NAMED = (Role.FULL_NAME, Role.FIRST_NAME, Role.LAST_NAME)


def _is_single(role: Role) -> bool:
    return role not in (Role.OTHER_ID, Role.TEXT)


def _column(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """The texts of one column, or of several joined by blanks."""
    texts = [pc.utf8_trim_whitespace(_array(table[name]).cast(pa.string())) for name in names]
    joined = texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, " ", null_handling="skip")
    return _filled(joined)


def _array(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def _filled(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _by_value(texts: pa.Array, how: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """What `how` makes of each text, worked out once for each distinct one."""
    packed = texts.dictionary_encode()
    return how(packed.dictionary).take(packed.indices)


def _folded(texts: pa.Array) -> pa.Array:
    return _by_value(texts, lambda values: folded(pc.replace_substring_regex(values, _PUNCTUATION_WITHIN, "")))


def _compared(role: Role, texts: pa.Array) -> pa.Array:
    if role in _DIGITS:
        return _filled(pc.replace_substring_regex(texts, "[^0-9]", ""))
    if role is Role.POSTCODE:
        return _by_value(texts, lambda v: _filled(pc.replace_substring_regex(pc.utf8_lower(v), "[^0-9a-z]", "")))
    if role is Role.EMAIL:
        return pc.utf8_lower(pc.utf8_normalize(texts, "NFKC"))
    plain = _folded(texts)
    return _by_value(plain, without_legal_form) if role is Role.COMPANY else plain


def _split(lines: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Of folded lines, the street and the house number with its letter."""
    house = pc.struct_field(pc.extract_regex(lines, _HOUSE), "word")
    street = _one_blank(pc.replace_substring_regex(lines, _WITHOUT_HOUSE, " "))
    return street, pc.replace_substring(house, " ", "")


def without_legal_form(names: pa.Array) -> pa.Array:
    """Folded names of companies without their legal form and small words; as they are where nothing else is left.

    >>> without_legal_form(pa.array(["hansen og soen byg aps", "as"])).to_pylist()
    ['hansen soen byg', 'as']
    """
    return pc.coalesce(_one_blank(pc.replace_substring_regex(names, _LEGAL_FORMS, " ")), names)


def _one_blank(texts: pa.Array) -> pa.Array:
    return _filled(pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, " +", " ")))


def _names(texts: dict[Role, pa.Array]) -> Names | None:
    if not texts:
        return None
    texts = {role: _by_value(text, _without_particles) for role, text in texts.items()}
    words, values = _bags(list(texts.values()))
    first, last, full = (texts.get(role) for role in (Role.FIRST_NAME, Role.LAST_NAME, Role.FULL_NAME))
    given = _word_of(full if first is None else first, "^(?P<word>[a-z0-9]+)", values)
    family = _word_of(full if last is None else last, "(?P<word>[a-z0-9]+)$", values)
    none = np.full(len(words), -1, np.int32)
    return Names(words, Values(values), none if given is None else given, none if family is None else family)


# Small words before a surname come and go from list to list, and are shared by very many.
_PARTICLES = r"\b(?:van|von|der|den|de|het|ten|ter|te|af|av|la|le|du|del|di|da|el|al|ibn|bin|zu|zum|zur)\b"


def _without_particles(names: pa.Array) -> pa.Array:
    return pc.coalesce(_one_blank(pc.replace_substring_regex(names, _PARTICLES, " ")), names)


def _word_of(texts: pa.Array | None, pattern: str, values: pa.Array) -> Codes | None:
    if texts is None:
        return None
    found = pc.struct_field(pc.extract_regex(texts, pattern), "word")
    codes = pc.index_in(found, value_set=values).fill_null(-1)
    return np.asarray(codes.to_numpy(zero_copy_only=False), np.int32)


def _bags(texts: Sequence[pa.Array]) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Each record's distinct words over all its names, at most `WORDS`, in the order in which they stand."""
    records, parts = [], []
    for one in texts:
        split = pc.split_pattern(pc.fill_null(one, ""), " ")
        records.append(pc.list_parent_indices(split).to_numpy())
        parts.append(split.flatten())
    record, word = np.concatenate(records), pa.concat_arrays(parts)
    given = pc.not_equal(word, "").to_numpy(zero_copy_only=False)
    field = coded(word.filter(pa.array(given)))
    record, code = record[given], field.codes
    order = np.argsort(record, kind="stable")
    record, code = record[order], code[order]
    _, firsts = np.unique(record.astype(np.int64) * (len(field.values.arrow) + 1) + code, return_index=True)
    kept = np.sort(firsts)
    record, code = record[kept], code[kept]
    place = np.arange(len(record)) - np.searchsorted(record, record)
    bags = np.full((len(texts[0]), WORDS), -1, np.int32)
    fits = place < WORDS
    bags[record[fits], place[fits]] = code[fits]
    return bags, field.values.arrow
