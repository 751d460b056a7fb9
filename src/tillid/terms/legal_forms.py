"""Legal forms of companies in the four countries: how they are written, and which of them are alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class FormKind(StrEnum):
    """What a legal form is, whatever its country calls it."""

    PRIVATE_LIMITED = "private_limited"
    PUBLIC_LIMITED = "public_limited"
    SOLE_PROPRIETOR = "sole_proprietor"
    PARTNERSHIP = "partnership"
    LIMITED_PARTNERSHIP = "limited_partnership"
    COOPERATIVE = "cooperative"
    ASSOCIATION = "association"
    FOUNDATION = "foundation"
    BRANCH = "branch"


@dataclass(frozen=True, slots=True)
class LegalForm:
    """A form as its country writes it, and what it is."""

    written: str
    kind: FormKind


# Country, form as written, kind, other ways to write it; dots, blanks and case count for nothing unless it begins
# with "=", which is for forms that are also words or names: those count in capitals only.
_FORMS = """
DK ApS private_limited anpartsselskab
DK A/S public_limited aktieselskab
DK IVS private_limited iværksætterselskab
DK K/S limited_partnership kommanditselskab
DK P/S limited_partnership partnerselskab
DK I/S partnership interessentskab
DK A.M.B.A. cooperative amba
DK F.M.B.A. association fmba
DK S.M.B.A. cooperative smba
NO AS private_limited a/s aksjeselskap
NO ASA public_limited allmennaksjeselskap
NO ENK sole_proprietor enkeltpersonforetak
NO ANS partnership ansvarlig-selskap
NO DA partnership =
NO KS limited_partnership k/s
NO SA cooperative = samvirkeforetak
NO NUF branch
NL BV private_limited b.v. besloten-vennootschap
NL NV public_limited n.v. naamloze-vennootschap
NL VOF partnership v.o.f. vennootschap-onder-firma
NL CV limited_partnership = c.v.
NL U.A. cooperative coöperatie-u.a.
BE BV private_limited b.v.
BE SRL private_limited s.r.l.
BE BVBA private_limited b.v.b.a.
BE SPRL private_limited s.p.r.l. sprlu
BE NV public_limited n.v.
BE SA public_limited = s.a.
BE VOF partnership v.o.f.
BE SNC partnership s.n.c.
BE CommV limited_partnership comm.v.
BE SComm limited_partnership s.comm.
BE CV cooperative = c.v.
BE SC cooperative = s.c.
BE VZW association v.z.w.
BE ASBL association a.s.b.l.
BE AISBL association
BE IVZW association
"""
# Written before the name.
_BEFORE = {
    "NL": {"stichting": ("Stichting", FormKind.FOUNDATION), "vereniging": ("Vereniging", FormKind.ASSOCIATION)},
    "BE": {
        "vzw": ("VZW", FormKind.ASSOCIATION),
        "asbl": ("ASBL", FormKind.ASSOCIATION),
        "stichting": ("Stichting", FormKind.FOUNDATION),
        "fondation": ("Fondation", FormKind.FOUNDATION),
    },
}
_EVERYWHERE = frozenset("GmbH AG Ltd LLC Inc PLC AB Oy SAS SARL ApS A/S AS BV B.V NV N.V BVBA SPRL VZW ASBL".split())
# Words that few people are called and many companies.
_COMPANY_WORDS = (
    "holding|invest|group|gruppen|ejendomme|eiendom|eigendommen|entreprise|bouwbedrijf|aannemers?bedrijf|stichting"
    "|vereniging|forening|foreningen|andelsforening|grundejerforening|ejerforening|borettslag|sameie|fonden|stiftelse"
    "|stiftelsen|kommune|gemeente|commune|region|provincie|menighed|menighet|parochie|consult|consulting|consultancy"
    "|rådgivning|rådgiving|advies|adviesbureau|administratiekantoor|advokatfirma|advokatkontor|murerfirma|tømrerfirma"
    "|malerfirma|vvs|autoværksted|bilverksted|garagebedrijf|restaurant|pizzeria|frisør|salon|klinik|klinikk|praktijk"
    "|tandlæge|tannlege|tandarts|apotek|apotheek|boghandel|bageri|bakeri|bakkerij|boulangerie|transport|trading"
    "|international|solutions|services|import|export|webshop|vennootschap|bedrijf|firma|société|etablissements"
    "|enterprise|enterprises|company|limited|skole|school|école|hotel|idrætsforening|idrettslag|sportsclub"
)
_COMPANY = re.compile(
    rf"(?i)\b(?:{_COMPANY_WORDS})\b|(?:&|\bog\b|\ben\b|\bet\b) ?(?:co|søn|sønner|sønn|zn|zonen|zoon|fils|cie)\b| v/ ?\w"
)
# For the vectorised path, over-careful, for values of letters, blanks, hyphens, quotes and full stops.
COMPANY_LIKELY = (
    rf"(?i)(?:^|[ '’.-])(?:{_COMPANY_WORDS})(?:[ '’.-]|$)|^(?:vzw|asbl|fondation) "
    r"| (?:aps|ivs|as|asa|amba|fmba|smba|enk|ans|da|ks|sa|nuf|bv|nv|vof|cv|ua|srl|bvba|sprlu?|snc|commv|scomm|sc|vzw"
    r"|asbl"
    r"|aisbl|ivzw|[^ ]*selskab|[^ ]*selskap|[^ ]*foretak|gmbh|ag|ltd|llc|inc|plc|ab|oy|sas|sarl)$"
)
# In this case they are family names.
_ALSO_SURNAMES = (" As", " Sa", " Da", " Ks", " Sc", " Cv")
_PLAIN = re.compile(r"[. ]")


def form_at_end(name: str, country: str) -> tuple[str, LegalForm] | None:
    """The name before the legal form that it ends with, and the form; None where it ends with none.

    >>> form_at_end("Hansen VVS aps", "DK")
    ('Hansen VVS', LegalForm(written='ApS', kind=<FormKind.PRIVATE_LIMITED: 'private_limited'>))
    >>> form_at_end("Ron van As", "NL") is None
    True
    """
    words = name.split(" ")
    for count in range(min(4, len(words) - 1), 0, -1):
        typed = " ".join(words[-count:]).strip("(),")
        found = _endings(country).get(_PLAIN.sub("", typed).casefold())
        if found is not None and (not found[1] or "." in typed or typed == typed.upper()):
            return " ".join(words[:-count]).rstrip(" ,-("), found[0]
    return None


def form_at_start(name: str, country: str) -> tuple[str, LegalForm] | None:
    """The name after the legal form that it begins with, and the form."""
    first, _, rest = name.partition(" ")
    found = _BEFORE.get(country, {}).get(first.strip(".,").casefold())
    return (rest, LegalForm(*found)) if found is not None and rest else None


def is_company(name: str, country: str) -> bool:
    """Whether a name is most likely a company's: it has a legal form or a word that companies are called by.

    >>> is_company("Hansen Holding ApS", "DK"), is_company("Jens Hansen", "DK"), is_company("Murer Jensen & Søn", "DK")
    (True, False, True)
    """
    ended = form_at_end(name, country)
    if (ended is not None and not name.endswith(_ALSO_SURNAMES)) or form_at_start(name, country) is not None:
        return True
    return _COMPANY.search(name) is not None or _ends_as_elsewhere(name)


def _ends_as_elsewhere(name: str) -> bool:
    """Whether the last word is a form of another country, in the very spelling of it."""
    before, _, last = name.rstrip(".").rpartition(" ")
    return before != "" and last in _EVERYWHERE and (last != last.upper() or name != name.upper())


@cache
def _endings(country: str) -> dict[str, tuple[LegalForm, bool]]:
    """How a form may be written, folded, to the form and whether it counts in capitals only."""
    found: dict[str, tuple[LegalForm, bool]] = {}
    for line in _FORMS.split("\n"):
        of, *rest = line.split(" ")
        if not rest or of != country:
            continue
        written, kind, *others = rest
        form = LegalForm(written, FormKind(kind))
        in_capitals = "=" in others
        for other in (written, *others):
            key = _PLAIN.sub("", other.lstrip("=").replace("-", "")).casefold()
            if key:
                found[key] = form, in_capitals or other.startswith("=")
    return found
