"""Names of companies: the legal form as the country writes it, the name itself left as it is spelled."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.grading import Grade, fast_or_graded, unremarked
from tillid.stages.wash.reasons import Graded, Reason
from tillid.stages.wash.text import (
    PLACEHOLDERS,
    clean,
    encoding_repaired,
    has_lost_characters,
    is_placeholder,
    only_where,
)
from tillid.terms.legal_forms import form_at_end, form_at_start

LONGEST_COMPANY = 200
_TURNS = 4

_NONE = re.compile(
    r"(?i)^(?:privat|privatperson|privat person|privatkunde|particulier|particulieren|partikulier|particulière?|privé"
    r"|ingen|intet|ikke relevant|nvt|n\.?v\.?t\.?|geen|geen bedrijf|sans|aucune?|néant|no company|private|student"
    r"|studerende|pensionist|pensioneret|gepensioneerd|retraité|hjemmegående|arbejdsløs|arbeidsledig|werkloos)\.?$"
)
_CEASED = re.compile(
    r"(?i)\b(?:under konkurs|konkursbo|tvangsopløsning|tvangsoppløsning|under likvidation|likvidation|avviklet|opphørt"
    r"|ophørt|lukket|failliet|faillissement|faillite|in liquidatie|in vereffening|en liquidation|opgeheven|slettet)\b"
)
_TEST = re.compile(
    r"(?i)^(?:test|testfirma|test ?company|asdf\w*|qwerty|x{2,}|abc|firmanavn|bedrijfsnaam|firma)(?: \w+)?$"
)
# What stands at the end of a cell and is no part of a name.
_AT_ENDS = " ,;:*_\"'«»“”-"
# No dot, slash or legal form, so there is nothing to look at; letters of one code point in every Unicode form.
_SIGN = "A-ZÀ-ÖØ-Þa-zß-öø-ÿ0-9&+"
_ORDINARY = rf"^[{_SIGN}](?:[{_SIGN}' -]*[{_SIGN}])?$"
_LETTER = "[A-ZÀ-ÖØ-Þa-zß-öø-ÿ]"
_PARTICULAR = (
    r"(?i)\b(?:aps|as|asa|ivs|amba|fmba|smba|enk|ans|da|ks|sa|nuf|bv|nv|vof|cv|ua|srl|bvba|sprlu?|snc|commv|scomm"
    r"|sc|vzw|asbl|aisbl|ivzw|stichting|sticht|vereniging|fondation|[a-zæøå]+selskap|[a-zæøå]+selskab|foretak"
    r"|enkeltpersonforetak|vennootschap|konkurs\w*|likvidation|tvangsop\w+|liquidat\w+|vereff\w+|faill\w+|lukket"
    r"|slettet"
    r"|o\w*phørt|avviklet|opgeheven|test\w*|asdf\w*|qwerty|xx+|abc|firma\w*|bedrijfsnaam|priv\w+|part[ik]\w+|ingen"
    r"|intet|ikke|nvt|geen|sans|aucune?|no|student|studerende|pens\w+|gepens\w+|retrait\w+|hjemme\w+"
    r"|arbe\w+|werkloos)\b|privé|néant|selskap|selskab|  | [A-Z] [A-Z]$"
    r"|^(?:null|nan|" + "|".join(sorted(re.escape(word) for word in PLACEHOLDERS if word[0].isalpha())) + ")"
)


def wash_companies(values: pa.Array, country: str) -> Graded:
    """Trimmed strings to names of companies, null where a value says that there is none."""

    def slowly(text: str) -> Grade:
        return company_grade(text, country)

    ordinary = pc.and_(
        pc.match_substring_regex(values, _ORDINARY), pc.less_equal(pc.binary_length(values), LONGEST_COMPANY)
    )
    ordinary = pc.and_not(ordinary, pc.match_substring_regex(values, _PARTICULAR))
    ordinary = pc.and_(ordinary, pc.match_substring_regex(values, _LETTER))
    return fast_or_graded(unremarked(only_where(ordinary, values)), values, slowly)


def company_grade(text: str, country: str) -> Grade:
    """The name of a company in a text, or None, and what is to be said of it.

    >>> company_grade("Hansen  VVS aps.", "DK"), company_grade("Bakkerij Smit b.v.", "NL")[0]
    (('Hansen VVS ApS', <Reason.COMPANY_FORM: 'company_form'>), 'Bakkerij Smit BV')
    >>> company_grade("Privat", "DK")
    (None, <Reason.COMPANY_NONE: 'company_none'>)
    """
    if len(text) > LONGEST_COMPANY or is_placeholder(text):
        return None, None
    repaired = encoding_repaired(clean(text))
    name = clean(repaired).strip(_AT_ENDS)
    if _NONE.match(name):
        return None, Reason.COMPANY_NONE
    if not any(map(str.isalpha, name)) or is_placeholder(name):
        return None, None
    spelled = _spelled(name, country)
    found = {
        Reason.COMPANY_CEASED: _CEASED.search(spelled),
        Reason.TEST_VALUE: _TEST.match(spelled),
        Reason.CHARACTERS_LOST: has_lost_characters(spelled),
        Reason.ENCODING_REPAIRED: repaired != clean(text),
        Reason.COMPANY_FORM: spelled != name,
    }
    return spelled, next((reason for reason, holds in found.items() if holds), None)


def _spelled(name: str, country: str) -> str:
    """The name with its legal form as the country writes it, and the same the second time."""
    for _ in range(_TURNS):
        before = name
        if (ended := form_at_end(name, country)) is not None and ended[0]:
            name = f"{ended[0]} {ended[1].written}"
        elif (begun := form_at_start(name, country)) is not None:
            name = f"{begun[1].written} {begun[0]}"
        name = name.strip(_AT_ENDS)
        if name == before:
            break
    return name
