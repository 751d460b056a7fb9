"""What a column of a file means: its header's words and the looks of its values, weighed against each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tillid.stages.ingest.column_profile import ColumnProfile
from tillid.terms.categories import NATIONAL_ID, asks_for_a_law
from tillid.terms.header_words import Meaning, Reading, last_part, readings, spelled
from tillid.terms.special_words import special_category_of_header

SURE = 0.75
"""From here on a guess needs no remark."""
LIKELY = 0.4
"""From here on a guess is worth more than what stands around the column."""
_PERHAPS = 0.7
"""What may be a special category is told even where the header says more than that."""
_ENOUGH_IDS = 5
_WORDS_OF_A_QUESTION = 7
_SOME_SENTENCES = 0.6
# Numbers as long as those of persons, which begin as a day does now and then.
_LONG_NUMBERS = frozenset({"phone", "order_no", "product", "company_no", "occurred_at", "bank_account", "national_id"})

_BY_LOOKS = (
    (
        Meaning("email", "user.contact.email", "text", "email", "email"),
        "email",
        0.97,
        "the values are e-mail addresses",
    ),
    (
        Meaning("bank_account", "user.financial.bank_account", "text"),
        "iban",
        # Check digits hold in each: no header says more.
        1.05,
        "the values are IBAN account numbers",
    ),
    (
        Meaning("ip_address", "user.device.ip_address", "text", "", "ip"),
        "ip",
        0.95,
        "the values are IP addresses",
    ),
    (
        Meaning("user_agent", "user.device", "text", "", "user_agent"),
        "user_agent",
        0.9,
        "the values name browsers",
    ),
    (
        Meaning("consent_string", "user.privacy_preferences", "text"),
        "tc_string",
        0.85,
        "the values are consent strings",
    ),
    (
        Meaning("phone", "user.contact.phone_number", "text", "phone", "phone"),
        "phone_written",
        0.6,
        "the values look like telephone numbers",
    ),
    (
        Meaning("url", "user.behavior.browsing_history", "text", "", "url"),
        "url",
        0.5,
        "the values are web addresses",
    ),
    (
        Meaning("postcode", "user.contact.address.postal_code", "text"),
        "dutch_postcode",
        0.7,
        "the values look like Dutch postcodes",
    ),
)
_GENDERS = frozenset(
    "m f k v w x d male female mand kvinde mann kvinne man vrouw homme femme weiblich maennlich männlich other"
    " unknown anden annet anders autre divers u".split()
)
_TELLING_GENDERS = frozenset("male female mand kvinde mann kvinne vrouw homme femme weiblich männlich".split())
_SURVEY_WORDS = ("q", "v", "sp", "spm", "var", "item", "vraag", "question")
_NEVER_TRUTHS = frozenset(
    {"email", "phone", "fax", "customer_no", "login", "order_no", "product", "street", "postcode", "city", "country"}
    | {"name", "first_name", "last_name", "birth_date", "job_title", "url", "amount", "device_id", "record_no"}
    | {"ip_address", "company", "household_no", "loyalty_no", "occurred_at", "created_at", "updated_at", "order_date"}
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column probably means, how certain that is (0 to 1), and why."""

    meaning: Meaning
    certainty: float
    reason: str


def guesses(profile: ColumnProfile, *, is_first: bool = False) -> tuple[Guess, ...]:
    """What a column may mean, the most certain first; empty where nothing gives it away.

    `is_first`: it is the first column of its file, where a system puts its own number of each record.
    """
    found = [_fitting(_from_header(reading, profile), profile) for reading in readings(profile.header)]
    if is_first and profile.is_once and spelled(profile.header)[-1:] == ["id"]:
        found.append(
            Guess(Meaning("record_no", "user.unique_id", "text", "own"), SURE, "the first column numbers the rows")
        )
    found += [
        _agreed(Guess(meaning, certainty, reason), found)
        for meaning, shape, certainty, reason in _BY_LOOKS
        if profile.has(shape)
    ]
    if profile.few and profile.few <= _GENDERS and profile.few & _TELLING_GENDERS:
        found.append(Guess(Meaning("gender", "user.demographic.gender", "text"), 0.8, "the values name genders"))
    found += _of_the_law(profile, found)
    found += _told_in_words(profile)
    if _is_survey(profile.header) and not any(asks_for_a_law(guess.meaning.category) for guess in found):
        found.append(Guess(Meaning("answer", "user.content"), 1.1, "the header numbers a question"))
    ordered = sorted(found, key=lambda guess: -guess.certainty)
    return tuple(replace(guess, certainty=min(guess.certainty, 1.0)) for guess in ordered)


def _of_the_law(profile: ColumnProfile, said: list[Guess]) -> Iterator[Guess]:
    """What the law asks a ground for, where the words of the header or the values tell of it."""
    special = special_category_of_header(profile.header)
    if special is not None:
        yield Guess(Meaning("special", special), _PERHAPS, "the header may tell of what the law asks a ground for")
    known = any(guess.certainty >= SURE and guess.meaning.name in _LONG_NUMBERS for guess in said)
    if profile.has("national_id") and profile.distinct >= _ENOUGH_IDS and not known:
        yield Guess(
            Meaning("national_id", NATIONAL_ID, "text"), 1.05, "the values have the form of national identity numbers"
        )


def _told_in_words(profile: ColumnProfile) -> Iterator[Guess]:
    """What people wrote in their own words, and what they were asked in a whole question."""
    words = spelled(profile.header)
    if profile.header.rstrip().endswith("?"):
        yield Guess(Meaning("answer", "user.content"), 0.6, "the header asks a question")
    elif len(words) >= _WORDS_OF_A_QUESTION:
        yield Guess(Meaning("answer", "user.content"), LIKELY, "the header is as long as a question")
    if profile.type == "text" and profile.has("sentence", _SOME_SENTENCES) and profile.distinct > 1:
        yield Guess(Meaning("notes", "user.content", "text"), 0.5, "the values are texts that people wrote")


def _from_header(reading: Reading, profile: ColumnProfile) -> Guess:
    certainty = min(reading.fit, 1.0)
    if reading.meaning.name == "record_no" and certainty < SURE and not profile.is_once:
        certainty = 0.0  # the code or number of something that is not known
    if asks_for_a_law(reading.meaning.category):
        # What may be a special category is told even where the header says more than that.
        certainty = max(certainty, _PERHAPS)
    words = " ".join(reading.words)
    return Guess(reading.meaning, certainty + 0.001 * reading.fit, f"the header says {words!r}")


def _agreed(guess: Guess, said: list[Guess]) -> Guess:
    """A guess from the looks of values, surer where the header says so too."""
    if any(other.meaning.name == guess.meaning.name and other.certainty >= LIKELY for other in said):
        return replace(
            guess, certainty=min(1.0, guess.certainty + 0.3), reason=f"{guess.reason}, and the header says so"
        )
    return guess


def _fitting(guess: Guess, profile: ColumnProfile) -> Guess:
    """A guess from the header, less certain where the values do not look like it."""
    wrong = _contradiction(guess.meaning, profile) if profile.filled else ""
    if not wrong:
        return guess
    return replace(guess, certainty=guess.certainty * 0.3, reason=f"{guess.reason}, but {wrong}")


def _contradiction(meaning: Meaning, profile: ColumnProfile) -> str:  # noqa: PLR0911  one return a meaning
    if meaning.name == "birth_date" and profile.has("digits_somewhere"):
        return ""
    if profile.is_truth and meaning.name in _NEVER_TRUTHS and not _is_norway(meaning, profile):
        return "the values are yes and no"
    if meaning.type in ("moment", "date", "timestamp") and not (
        profile.is_time or profile.nearly in ("date", "timestamp")
    ):
        return "" if _could_be_time(profile) else "the values are no dates"
    if (profile.is_time and meaning.type in ("integer", "money", "decimal")) or (
        profile.is_time and meaning.values == "word"
    ):
        return "the values are dates"
    if meaning.values == "number" and not profile.is_number and profile.nearly not in ("integer", "decimal"):
        return "the values are no numbers"
    if meaning.values == "email" and not profile.has("email", 0.5):
        return "the values are no addresses"
    if meaning.values == "phone" and not (profile.is_number or profile.has("phone", 0.5)):
        return "the values are no telephone numbers"
    if meaning.values == "word" and (profile.is_number or not profile.has("words", 0.3)):
        return "the values are no words"
    return _no_code(profile) if meaning.values == "code" else ""


def _no_code(profile: ColumnProfile) -> str:
    if profile.has("spaced", 0.5) or profile.has("two_words", 0.5):
        return "the values are texts"
    return "the values are addresses" if profile.has("email") else ""


def _is_norway(meaning: Meaning, profile: ColumnProfile) -> bool:
    """Whether what reads as a no is the code of a country or a language."""
    return meaning.name == "country" and profile.few == {"no"}


def _could_be_time(profile: ColumnProfile) -> bool:
    """Whether whole numbers could be days written without marks, or seconds and parts of them since 1970."""
    if profile.low is None or profile.high is None:
        return profile.has("digits") and profile.type == "text"
    return (
        _is_year(profile)
        or 1_900_01_01 <= profile.low <= profile.high <= 2_100_12_31
        or 9e8 <= profile.low <= profile.high < 5e18
    )


def _is_year(profile: ColumnProfile) -> bool:
    return profile.low is not None and profile.high is not None and 1900 <= profile.low <= profile.high <= 2100


def _is_survey(header: str) -> bool:
    words = spelled(last_part(header))
    joined = "".join(words)
    stem = joined.rstrip("0123456789")
    first = words[0].rstrip("0123456789") if words else ""
    return (stem in _SURVEY_WORDS and stem != joined) or (first in _SURVEY_WORDS and first != words[0])
