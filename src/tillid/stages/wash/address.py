"""A postal address in its parts, and the one line in which each country writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

PARTS: tuple[str, ...] = (
    *("care_of", "extra", "street", "house_number", "letter", "floor", "door", "unit", "po_box", "parcel"),
    *("locality", "postcode", "city", "country"),
)
_AFTER_HYPHEN = re.compile(r"^(?:[A-Z]?\d+[A-Z]?(?:-|$)|[A-Z]$|[IVX]+$)")
_WORDED = re.compile(r"^\w+\.? \w")
BOX_WORD = {"fr": "bte", "nl": "bus"}
_PO_BOX = {"DK": "Postboks", "NO": "Postboks", "NL": "Postbus", "nl": "Postbus", "fr": "BP"}


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address, "" where it has none.

    `care_of` is the name after c/o; `extra` what stands above the street (company, building, attention of);
    `house_number` is without its `letter` and may be a range; `floor` and `door` are the Danish ones, `floor` also
    that of other countries; `unit` is what tells one door from another there: a Norwegian bolignummer, a Dutch
    toevoeging, a Belgian bus or boîte; `po_box` is its number; `parcel` a Norwegian gårds- og bruksnummer;
    `locality` a place that is smaller than the city. `language` is nl or fr in Belgium, for bus or bte.
    """

    care_of: str = ""
    extra: str = ""
    street: str = ""
    house_number: str = ""
    letter: str = ""
    floor: str = ""
    door: str = ""
    unit: str = ""
    po_box: str = ""
    parcel: str = ""
    locality: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    language: str = "nl"

    def line(self, style: str) -> str:
        """The address in one line as the country of `style` writes it.

        >>> Address(street="Nørregade", house_number="12", letter="B", floor="3", door="tv").line("DK")
        'Nørregade 12B, 3. tv'
        >>> Address(street="Storgata", house_number="1", letter="B", unit="H0201").line("NO")
        'Storgata 1 B, H0201'
        """
        number = f"{self.house_number}{' ' if style == 'NO' and self.letter else ''}{self.letter}"
        pieces = [
            f"c/o {self.care_of}" if self.care_of else "",
            self.extra,
            " ".join(filter(None, (self.street, number))) + self._beside_number(style),
            *self._after_number(style),
            self.parcel,
            f"{_PO_BOX[self.language if style == 'BE' else style]} {self.po_box}" if self.po_box else "",
            self.locality,
            " ".join(filter(None, (self.postcode, self.city))),
            self.country,
        ]
        return ", ".join(filter(None, pieces))

    def _beside_number(self, style: str) -> str:
        if not self.unit or style not in ("NL", "BE"):
            return ""
        if _WORDED.match(self.unit) and not self.unit.startswith("bis "):
            return f", {self.unit}"
        if style == "BE":
            return f" {BOX_WORD[self.language]} {self.unit}"
        return f"{'-' if _AFTER_HYPHEN.match(self.unit) else ' '}{self.unit}"

    def _after_number(self, style: str) -> tuple[str, ...]:
        if style == "DK":
            floor = f"{self.floor}." if self.floor else ""
            return " ".join(filter(None, (floor, self.door))), self.unit
        if style == "NO":
            return (f"{self.floor}. etg." if self.floor.isdigit() else self.floor), self.unit
        return (self.floor,)
