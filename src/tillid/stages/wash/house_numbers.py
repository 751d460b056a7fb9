"""Street, house number and what follows it, told apart by the habits of four countries."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tillid.stages.wash.address import Address
from tillid.stages.wash.casing import capitalised
from tillid.stages.wash.street_names import street_name

_NUMBER = re.compile(r"(?<![\d.,/'’–-])(?<!\d[ ]-)(\d{1,5})(?!\d)", re.ASCII)
_LABEL = re.compile(r"[ ,.](?:nr\.?|no\.|n[°º]|num[ée]ro|#|hus(?:nr|nummer)\.?|huis(?:nr|nummer)\.?)$", re.IGNORECASE)
_IS_NUMBERED_ROAD = re.compile(r"^(?:vej|vei|veg|road|zone|byggefelt|kvarter|sti) ?(?:nr|no)\.?$", re.IGNORECASE)
_YEAR = re.compile(r"^(?:1[5-9]|20)\d\d$")
_NUMBER_FOLLOWS = re.compile(
    r"^(?:[-–](?:\d{4}|['’]?\d\d))?[ ,]+(?:(?:nr|no|n[°º]|hus(?:nr|nummer)|huis(?:nr|nummer)|num[ée]ro)\.? ?)?\d",
    re.IGNORECASE,
)
_THROUGH = re.compile(r"(?<=\d) ?(?:t/m|tot en met|t\.o\.m\.|tot|til|à) ?(?=\d)", re.IGNORECASE)
_TWO_NUMBERS = re.compile(r"\d ?[A-Za-z]? ?(?:\+|&|og|en|et)$", re.IGNORECASE)
_OPPOSITE = re.compile(r"^ ?t(?:/[om]\b|\.o\.)", re.IGNORECASE)
_DUTCH_POSTCODE = re.compile(r"^\d{4} ?[A-Z]{2}$", re.IGNORECASE)
_ENDS_IN_YEAR = re.compile(r"^(?:[-–](?:\d{4}|['’]?\d\d))?$")
_NAMED_NUMBER_FOLLOWS = re.compile(r"\b(?:plein|laan|square|place|plantsoen|straat|avenue|rue|park)$", re.IGNORECASE)
_LETTER = r"(?:[ ]?(?P<letter>[A-Za-zÆØÅæøå](?:[ ]?-[ ]?[A-Za-z])?)(?![^\W_]))?"
_TO = r"(?:[ ]?[-–/][ ]?(?P<to>\d{1,5})(?!\d))?"
_SEP = r"[ ,./-]*"

# What may follow the number, in whole, by country.
_TAIL: Mapping[str, re.Pattern[str]] = {
    "DK": re.compile(
        rf"""^{_TO}{_LETTER}
        (?:{_SEP}(?P<floor>stuen|st(?!\w)|parterre|kl?ld(?!\w)|k[ld]?(?!\w)|kælder(?:en)?|mezz?(?!\w)|k[2-9](?!\w)
            |\d{{1,2}}(?!\d))(?:\.|(?=\W|$)|(?=(?:sal|tv|th|mf)\b))[ ]?(?:(?:sal|etage|etg)\b\.?)?)?
        (?:(?:[ ,./-]+|(?=[A-Za-z])|(?<=\.))(?:dør[ ]?)?(?P<door>t\.?[ ]?[vh](?!\w)\.?|m\.?[ ]?f(?!\w)\.?
            |(?:til[ ])?(?:venstre|højre)|midt(?:for)?(?!\w)|(?(floor)\d{{1,4}}[a-z]?|(?!))(?!\w)
            |(?<=, )\d{{3,4}}(?!\w)|[a-z]\d{{0,3}}(?!\w)))?
        (?:{_SEP}(?P<word>lejl(?:ighed)?(?:nr)?|vær(?:else)?|rum|opg(?:ang)?|dør)\.?[ ]?(?:nr\.?[ ]?)?
            (?P<no>[\w.-]{{1,6}}))?[ .,]*$""",
        re.IGNORECASE | re.VERBOSE,
    ),
    "NO": re.compile(
        rf"""^{_TO}{_LETTER}
        (?:{_SEP}(?:(?P<flat>[HULK][ ]?\d{{4}})(?!\w)
            |(?P<floor>\d{{1,2}})\.?[ ]?(?:etg|etasje|et)(?!\w)\.?
            |(?:etg|etasje)\.?[ ]?(?P<floor_after>\d{{1,2}})(?!\w)
            |(?P<base>u\.?[ ]?etg|underetg|underetasjen?|kjeller(?:en)?|loftet?)(?!\w)\.?
            |(?P<word>leil(?:ighet)?|oppg(?:ang)?|rom|hybel|inng(?:ang)?)\.?[ ]?(?:nr\.?[ ]?)?(?P<no>\w{{1,6}})(?!\w)
        )){{0,3}}[ .,]*$""",
        re.IGNORECASE | re.VERBOSE,
    ),
    "NL": re.compile(
        r"""^(?:[ ]?(?P<letter>[A-Za-z])(?![^\W_]))?
        (?P<add>(?:[ ]?[-–/.,]?[ ]?(?:bis(?=[a-z](?!\w))|(?:huis|hs|h\.s\.|bis|ter|bv|boven
            |bnd?|ben(?:eden)?|bg|rd|rood|zw|zwart|wit|achter|voor
            |links|rechts|onder|sous?|ged|\d{1,2}[ ]?(?:e|de)?[ -]?hoog|[ivx]{1,4}|[a-z]?\d{1,5}[a-z]?|[a-z]{1,2})
            (?![^\W_]))){0,3}?)
        (?:[ ,]+(?P<word>kamer|kmr|app(?:artement)?|apt|unit|k|lok(?:et)?|wijk|bus|box)\.?[ ]?(?P<no>[\w-]{1,6})
        |[ ,]+(?P<floor>\d{1,2})[ ]?(?:e|de|ste)?[ ]?(?:etage|verdieping|verd\.?|et\.)
        |[ ,]+(?P<base>begane[ ]grond|souterrain|bg|bgg))?[ .,]*$""",
        re.IGNORECASE | re.VERBOSE,
    ),
    "BE": re.compile(
        r"""^(?:[ ]?[-–][ ]?(?P<to>\d{1,5})(?!\d))?
        (?:[ ]?(?P<letter>[A-Za-z](?:[ ]?-[ ]?[A-Za-z])?|bis|ter)(?![^\W_]))?
        (?:[ ,]*(?:[ ,/-]*\b(?P<bus>bte|bt|bo[iî]te|bus|box|bx|b)(?![^\W\d_])\.?[ ]?(?:n[°o]\.?[ ]?)?
              (?P<box>[A-Za-z0-9][A-Za-z0-9./-]{0,7})
            |[ ]?/[ ]?(?P<slash>[A-Za-z0-9.]{1,6})
            |[ ](?P<zeroed>0\d{2,3})(?!\d)
            |(?P<word>appartement|appt?|apt|flat|studio|kot|kamer|chambre)(?!\w)\.?[ ]?(?P<no>\w{1,5})
            |(?P<floor>\d{1,2})[ ]?(?:er|[eè]me|ième|ieme|ste|de|e|è|[ée]|re)?[ ]?
              (?P<storey>étage|etage|[ée]t\.|verdieping|verdiep|verd\.?)
            |(?:étage|etage|[ée]t\.|verdieping|verdiep|verd\.?)[ ]?(?P<floor_after>\d{1,2})
            |(?P<base>rez-de-chauss[ée]e|rez|rdc|gelijkvloers|glvl?))(?![^\W_])){0,3}[ .,]*$""",
        re.IGNORECASE | re.VERBOSE,
    ),
}
_GROUND = {"stuen": "st", "parterre": "st", "kld": "kl", "klld": "kl", "k": "kl", "kd": "kl", "kælder": "kl"}
_GROUND |= {"kælderen": "kl", "mez": "mezz"}
_DOORS = {"tv": "tv", "th": "th", "mf": "mf", "venstre": "tv", "højre": "th", "midt": "mf", "midtfor": "mf"}
_WORD_FORMS = (
    "lejl. lejl lejlighed lejlnr lejlighednr;vær. vær værelse;rum rum;opg. opg opgang;dør dør;leil. leil leilighet"
    ";oppg. oppg oppgang;rom rom;hybel hybel;inng. inng inngang;kamer kamer kmr k;app. app appartement appt apt"
    ";unit unit;loket lok loket;wijk wijk;bus bus;box box;flat flat;studio studio;kot kot;chambre chambre"
)
_WORDS = {form: forms.split()[0] for forms in _WORD_FORMS.split(";") for form in forms.split()[1:]}
_DUTCH_WORDS = {"huis": "hs", "h.s.": "hs", "boven": "bv", "beneden": "ben", "bn": "ben", "bnd": "ben", "rood": "rd"}
_DUTCH_WORDS |= {"zwart": "zw"}
# A bolignummer says itself what it is.
_DWELLING = re.compile(r"^[HULK]\d{4}$", re.IGNORECASE)
_PIECE = re.compile(r"bis|\d{1,2} ?(?:e|de)?[ -]?hoog|h\.s\.|\w+", re.IGNORECASE)
_FRENCH_STREET = re.compile(
    r"^(?:rue|avenue|boulevard|chauss[ée]e|place|chemin|route|square|quai|impasse|all[ée]e|clos|cours|drève|sentier"
    r"|galerie|passage|rond-point|cit[ée]|ruelle|montagne|parvis|venelle|voie|faubourg|esplanade|val)\b",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(
    r"^(?P<number>\d{1,4} ?[A-Za-z]?(?: ?[/-] ?\w{1,5})?(?:,? (?:bte|bus|bo[iî]te|bt)\.? ?\w{1,6})?)[ ,]+"
    r"(?P<street>\D{4,}?)(?P<tail>,? (?:bte|bus|bo[iî]te|bt)\.? ?\w{1,6})?$",
    re.IGNORECASE,
)
_STREET_WORD = {
    "DK": r"(?:vej|gade|alle|allé|stræde|plads|pl\.|torv|vænge|have|park|parken|stien|bakken|toften|marken|engen"
    r"|boulevard|kaj|dammen|lunden|skoven|vangen|ager|bro|gyde|kvarter|g\.|v\.)",
    "NO": r"(?:vei|veien|veg|vegen|gate|gata|gaten|plass|plassen|allé|alle|torg|torget|bakken|bakke|stien|terrasse"
    r"|tunet|ringen|svingen|løkka|haugen|lia|v\.|vn\.|gt\.)",
    "NL": r"(?:straat|weg|laan|plein|kade|gracht|singel|dijk|hof|pad|park|steeg|dreef|plantsoen|markt|burgwal|ring"
    r"|haven|dam|hoek|veld|akker|baan|str\.|wal|vaart|brink|kamp|erf)",
    "BE": r"(?:straat|weg|laan|plein|kaai|lei|steenweg|dreef|markt|pad|hof|baan|dijk|vest|wal|ring|kouter|str\.)",
}
_LOOKS_LIKE_STREET = {
    country: re.compile(rf"{word}(?!\w)|{word[:-1]}) ", re.IGNORECASE) for country, word in _STREET_WORD.items()
}
_MONTH = re.compile(
    r"^(?:jan|feb|f[ée]v|mar|mrt|maa|avr|apr|mai|mei|maj|juin|jun|juil|jul|ao[uû]t|aug|sep|oct|okt|nov|d[ée]c)",
    re.IGNORECASE,
)


def numbered_street(text: str, country: str) -> Address | None:
    """Street and number with all that follows it, or None where a text is something else.

    >>> numbered_street("Nørregade 12 b, 3.sal tv", "DK").line("DK")
    'Nørregade 12B, 3. tv'
    >>> numbered_street("Plein 1944 12 hs", "NL").street, numbered_street("16, rue de la Loi", "BE").house_number
    ('Plein 1944', '16')
    """
    text = _THROUGH.sub("-", text)
    if country == "BE":
        text = _number_behind(text)
    for match in _NUMBER.finditer(text):
        street = (
            text[: match.start()].rstrip(" ,.-")
            if not _ends_in_stop(text, match)
            else text[: match.start()].strip(" ,")
        )
        if not _may_be_street(street, text, *match.span()) or _is_of_the_name(
            match.group(1), street, text[match.end() :]
        ):
            continue
        tail = _TAIL[country].match(text[match.end() :])
        if tail is None:
            continue
        found = _address(_unlabelled(street), match.group(1), tail, country)
        if found is not None:
            return found
    return None


def looks_like_street(text: str, country: str) -> bool:
    """Whether a word in the text is one with which streets end, or in French begin."""
    return bool(_LOOKS_LIKE_STREET[country].search(text)) or (country == "BE" and bool(_FRENCH_STREET.match(text)))


def is_without_number(text: str) -> bool:
    """Whether a street without a house number has no other number in it than that of a numeral or a year.

    >>> is_without_number("2. Tværvej"), is_without_number("Plein 1944"), is_without_number("Torggata 2-4-6")
    (True, True, False)
    """
    for match in _NUMBER.finditer(text):
        before, after = text[: match.start()].strip(" ,"), text[match.end() :]
        in_name = any(_is_of_the_name(match.group(1), before, tail) for tail in (after, f"{after} 1"))
        if before and not in_name:
            return False
    return True


def language_of(street: str) -> str:
    """The language of a Belgian street: fr or nl."""
    return "fr" if _FRENCH_STREET.match(street) else "nl"


def _number_behind(text: str) -> str:
    first = _NUMBER_FIRST.match(text)
    if first is None or not looks_like_street(first["street"], "BE") or _MONTH.match(first["street"]):
        return text
    street = first["street"].strip(" ,")
    if any(map(str.isupper, street)):
        # Behind its number "rue" is written small, and at the head of the line it is not.
        street = capitalised(street)
    return f"{street} {first['number']}{first['tail'] or ''}"


def _ends_in_stop(text: str, match: re.Match[str]) -> bool:
    return text[: match.start()].rstrip(" ,").endswith(".")


def _may_be_street(street: str, text: str, at: int, end: int) -> bool:
    if _TWO_NUMBERS.search(street) or _DUTCH_POSTCODE.match(street) or _OPPOSITE.match(text[end:]):
        return False
    letters = sum(char.isalpha() for char in street)
    parted = text[at - 1] in " ,." or letters > 2
    return bool(letters) and parted and not (text[at - 1].isalpha() and text[at - 1].isupper())


def _is_of_the_name(number: str, street: str, tail: str) -> bool:
    if _IS_NUMBERED_ROAD.match(street) and _NUMBER_FOLLOWS.match(tail):
        return True
    if not _YEAR.match(number):
        return False
    return bool(_NUMBER_FOLLOWS.match(tail) or (_ENDS_IN_YEAR.match(tail) and _NAMED_NUMBER_FOLLOWS.search(street)))


def _unlabelled(street: str) -> str:
    if _IS_NUMBERED_ROAD.match(street):
        return street
    return _LABEL.sub("", street).rstrip(" ,")


def _address(street: str, number: str, tail: re.Match[str], country: str) -> Address | None:
    parts = {part: value for part, value in tail.groupdict().items() if value}
    name = street_name(street, country)
    house = number if _IS_NUMBERED_ROAD.match(street) else number.lstrip("0") or "0"
    language = "nl"
    if "to" in parts:
        to = parts["to"].lstrip("0")
        if to and len(to) >= len(house) and int(to) > int(house):
            house = f"{house}-{to}"
        elif country == "DK" and "door" not in parts and to and len(to) < 3:
            # 12-3-4: number, floor, door.
            parts |= {"floor": to} | ({"door": parts["floor"]} if "floor" in parts else {})
        elif country == "DK" and "floor" not in parts and to and len(to) < 3:
            parts["floor"] = to
        else:
            return None
    letter = re.sub(" ", "", parts.get("letter", ""))
    letter = letter.lower() if letter.lower() in ("bis", "ter") else letter.upper()
    if country == "BE":
        language = _box_language(parts, name)
    if country == "NL":
        house = _dutch_range(house, letter, parts)
    return Address(
        street=name,
        house_number=house,
        letter=letter,
        floor=_floor(parts, country, language),
        door=_door(parts.get("door", "")),
        unit=_unit(parts, country),
        language=language,
    )


def _floor(parts: Mapping[str, str], country: str, language: str) -> str:
    floor = (parts.get("floor") or parts.get("floor_after") or "").lower()
    base = parts.get("base", "").lower()
    if country == "DK":
        return _GROUND.get(floor, floor.lstrip("0") or floor)
    if country == "NO":
        return floor.lstrip("0") or ("u.etg." if base.startswith("u") else base)
    if floor:
        dutch = "etage" if "etage" in parts.get("storey", "verdieping").lower() else "verdieping"
        return f"{int(floor)}e {'étage' if language == 'fr' else dutch if country == 'NL' else 'verdieping'}"
    return base


def _door(door: str) -> str:
    bare = re.sub(r"[. ]|^til ", "", door.lower())
    return _DOORS.get(bare, bare.lstrip("0"))


def _unit(parts: Mapping[str, str], country: str) -> str:
    units = []
    if "flat" in parts:
        units.append(parts["flat"].replace(" ", "").upper())
    if country == "NL" and parts.get("add"):
        units.append(_dutch_addition(parts["add"]))
    if box := parts.get("box") or parts.get("slash") or parts.get("zeroed"):
        units.append(box.strip(".").upper())
    if "word" in parts and country == "NO" and _DWELLING.match(parts["no"]):
        units.append(parts["no"].upper())
    elif "word" in parts:
        units.append(f"{_WORDS[parts['word'].lower()]} {parts['no'].upper() if len(parts['no']) == 1 else parts['no']}")
    return ", ".join(units)


def _dutch_addition(text: str) -> str:
    pieces = []
    for piece in _PIECE.findall(text):
        low = piece.lower()
        if low.endswith("hoog"):
            pieces.append(f"{re.match(r'[0-9]+', low)[0]}hoog")  # type: ignore[index]
        elif len(low) == 1 or low[0].isdigit() or any(char.isdigit() for char in low) or set(low) <= set("ivx"):
            pieces.append(piece.upper())
        else:
            pieces.append(_DUTCH_WORDS.get(low, low))
    words = " ".join(pieces)
    return re.sub(r"(?<=[0-9A-Z]) (?=[0-9A-Z])", "-", words)


def _dutch_range(house: str, letter: str, parts: dict[str, str]) -> str:
    """The number, or the range where what follows the hyphen is a number further along the same side."""
    to = re.match(r"^ ?[-–] ?(\d{1,5})$", parts.get("add", ""))
    if letter or to is None or len(to[1]) > len(house) + 1:
        return house
    is_range = int(to[1]) > int(house) and (int(to[1]) - int(house)) % 2 == 0 and int(house) > 1
    if not is_range:
        return house
    del parts["add"]
    return f"{house}-{int(to[1])}"


def _box_language(parts: Mapping[str, str], street: str) -> str:
    word = parts.get("bus", "").lower()
    if word.startswith(("bte", "bt", "bo")) and word != "box":
        return "fr"
    return "nl" if word in ("bus", "box", "bx") else language_of(street)
