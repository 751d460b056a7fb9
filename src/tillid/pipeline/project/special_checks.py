"""Special categories and national ids: a purpose that covers one says why it may, and a column has such a purpose."""

from __future__ import annotations

from collections.abc import Iterator

from tillid.pipeline.project.entries import Entry
from tillid.pipeline.project.known import Known
from tillid.terms.categories import GOVERNMENT_ID, SPECIAL_CATEGORIES, covers, is_covered, is_special
from tillid.terms.purpose import LegalBasis, SpecialCategoryBasis

_CONDITIONS = ", ".join(SpecialCategoryBasis)


def check_special_purpose(entry: Entry) -> None:
    """Note each category of a purpose that needs a condition or a law which the purpose does not name."""
    values, place = entry.values, entry.place
    basis = values.get("special_category_basis")
    for index, category in enumerate(values.get("categories", ())):
        if basis is None:
            below = sorted(special for special in SPECIAL_CATEGORIES if covers(category, special))
            if is_special(category) or below:
                which = f"has `{below[0]}` below it, which is" if below and below[0] != category else "is"
                place.at("categories", index).found(
                    f"`{category}` {which} a special category (GDPR Art. 9): "
                    "say the `special_category_basis`, or cover narrower categories"
                )
        if "national_id_basis" not in values and (covers(GOVERNMENT_ID, category) or covers(category, GOVERNMENT_ID)):
            which = "is" if covers(GOVERNMENT_ID, category) else f"has `{GOVERNMENT_ID}` below it, which is"
            place.at("categories", index).found(
                f"`{category}` {which} a government id (GDPR Art. 87): "
                "name the law in `national_id_basis`, or cover narrower categories"
            )
    if basis == SpecialCategoryBasis.EXPLICIT_CONSENT and values.get("legal_basis") not in (None, LegalBasis.CONSENT):
        place.at("special_category_basis").found(
            "`explicit_consent` needs `legal_basis: consent`, for no consent is asked for otherwise; "
            f"or another condition. Valid: {_CONDITIONS}"
        )


def check_special_columns(entry: Entry, known: Known) -> None:
    """Note each column of a source that no purpose it is collected for may use, special category or government id."""
    if not known.is_whole("purposes"):
        return
    for header, column in entry.values.get("columns", {}).items():
        category = column.get("category", "")
        is_id = covers(GOVERNMENT_ID, category)
        if not (is_id or is_special(category)):
            continue
        purposes = list(_purposes(entry, known))
        key = "national_id_basis" if is_id else "special_category_basis"
        if any(is_covered(category, frozenset(p.values.get("categories", ()))) and key in p.values for p in purposes):
            continue
        what = "a government id (GDPR Art. 87)" if is_id else "a special category (GDPR Art. 9)"
        says = "the law, such as `CPR-loven § 11`" if is_id else f"one of {_CONDITIONS}"
        among = ", ".join(f"`{p.name}`" for p in purposes) or "none"
        entry.place.at("columns", header, "category").found(
            f"`{category}` is {what}, and no purpose that this source is collected for ({among}) covers it with a "
            f"`{key}`: give one of them both ({says}), or move the column to `ignore`"
        )


def _purposes(entry: Entry, known: Known) -> Iterator[Entry]:
    """The purposes that rows are collected for; of what is collected for none in particular, all of the project."""
    named = [*entry.values.get("collected_for", ()), *entry.values.get("collected_for_if", ())]
    for name in named or known.names("purposes"):
        purpose = known.entry("purposes", name)
        if purpose is not None:
            yield purpose
