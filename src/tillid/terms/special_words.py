"""Headers that tell of a special category of personal data, in Danish, Norwegian, Dutch, French and English."""

from __future__ import annotations

from tillid.terms.categories import NATIONAL_ID, covers, holds_national_ids, is_special
from tillid.terms.header_words import last_part, spelled
from tillid.terms.national_ids import names_national_id

_LONG = 7
"""A word of so many letters or more also counts inside a longer one: `patientnummer`."""

_WORDS = """\
user.health_and_medical
    helbred helbredsoplysninger sundhed sundhedsoplysninger helse helseopplysninger gezondheid sante health
    diagnose diagnosis diagnoser diagnostic sygdom sykdom ziekte maladie disease illness sygedage sykefravaer
    medicin medisin medicijn medicijnen medicament medication prescription recept resept allergi allergie allergy
    allergies allergier handicap handicapped funktionsnedsaettelse funksjonsnedsettelse beperking invaliditeit
    invalidite disability patient patientid pasient patientnr blodtype bloedgroep bloodtype gravid zwanger enceinte
    pregnant pregnancy graviditet zwangerschap grossesse sygesikring psykiatri psychiatrie behandling vaccination
    vaksine vaccin smoker ryger roeyker roker
user.health_and_medical.genetic
    genetisk genetik genetikk genetisch genetica genetique genetic dna genom genome
user.biometric
    biometri biometric biometrisk biometrisch biometrique fingeraftryk fingeravtrykk vingerafdruk empreinte
    fingerprint ansigtsgenkendelse ansiktsgjenkjenning gezichtsherkenning faceid irisscan stemmeprofil voiceprint
user.demographic.religious_belief
    religion religioes religioest religieus religieux religious tro trosretning trossamfunn livssyn livsbeskuelse
    geloof godsdienst levensovertuiging croyance kirke folkekirke kirkemedlem menighed menighet kerk eglise church
    faith denomination kirkeskat kirkesamfund
user.demographic.political_opinion
    politik politikk politisk politiek politique political politics parti partimedlem partij partijlid
    politicalparty stemme valgparti kiespartij partipolitisk
user.demographic.trade_union_membership
    fagforening fagforeningsmedlem fagforbund fagforbundsmedlem fagorganisert fagorganiseret vakbond vakbondslid
    vakvereniging syndicat syndical syndikat tradeunion labourunion laborunion unionmember unionmembership akasse
user.demographic.race_ethnicity
    etnicitet etnisitet etnisk etniciteit etnisch ethnie ethnique ethnicity ethnic racial huidskleur hudfarve
    hudfarge origineethnique etniskoprindelse afkomst herkomst
user.demographic.sexual_orientation
    seksualitet seksuel seksuell seksueleorientatie seksuelorientering seksuellorientering geaardheid
    orientationsexuelle sexualorientation sexuality lgbt lgbtq homoseksuel sexlife
user.criminal_history
    straffeattest strafferegister strafblad strafregister casierjudiciaire criminalrecord criminalhistory
    straffet domfaeldt conviction convictions
"""


def _read_words() -> dict[str, str]:
    category = ""
    read: dict[str, str] = {}
    for line in _WORDS.splitlines():
        if line.startswith(" "):
            read |= dict.fromkeys(line.split(), category)
        else:
            category = line
    return read


_CATEGORY_OF = _read_words()


def special_category_of_header(header: str) -> str | None:
    """The special category, or that of national ids, of which a header tells, or None.

    A header is a hint and no proof: `stemme` is a vote or a voice.

    >>> special_category_of_header("Allergier"), special_category_of_header("CPR-nr."), special_category_of_header("By")
    ('user.health_and_medical', 'user.government_id.national_identification_number', None)
    """
    if names_national_id(header):
        return NATIONAL_ID
    words = spelled(last_part(header))
    together = "".join(words)
    for word in (together, *words):
        if word in _CATEGORY_OF:
            return _CATEGORY_OF[word]
    inside = [word for word in _CATEGORY_OF if len(word) >= _LONG and word in together]
    return _CATEGORY_OF[max(inside, key=len)] if inside else None


def is_declared(category: str, found: str) -> bool:
    """Whether a column that is declared as `category` is so treated as `found` asks.

    >>> is_declared("user.behavior", "user.health_and_medical"), is_declared("user.biometric", "user.biometric")
    (False, True)
    """
    return covers(found, category) or holds_national_ids(category) or (is_special(category) and is_special(found))
