"""Makes postcodes.csv.gz of the public lists that README.md names: ``python make.py FOLDER_OF_THE_LISTS``."""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
COUNTRIES = ("BE", "DK", "NL", "NO")
# Words inside names that GeoNames writes with a capital and the countries do not.
SMALL_WORDS = {
    "NO": "I På",
    "BE": "La Le Les L' De Des Du D' Ten Der Den Aan En Sur Sous Lez Lès Et Op Ter Aux Au À Het Van",
}
Place = tuple[str, str, str]


def rows(path: Path, delimiter: str = ",") -> Iterator[dict[str, str]]:
    """The rows of a packed list."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def former(path: Path) -> set[Place]:
    """The places of the list that is there, whose spelling was looked through by hand."""
    return {(row["country"], row["postcode"], row["city"]) for row in rows(path)} if path.exists() else set()


def geonames(folder: Path) -> Iterator[Place]:
    """Country, postcode and name of each place of GeoNames."""
    for country in COUNTRIES:
        for row in rows(folder / f"geonames_postcodes_{country}.csv.gz"):
            yield country, row["zipcode"], with_small_words(row["place"], country)


def with_small_words(name: str, country: str) -> str:
    """A name with its inner small words in small letters."""
    for word in SMALL_WORDS.get(country, "").split():
        name = re.sub(rf"(?<=[ -]){word}(?=[ -]|(?<=')\w)", word.lower(), name)
    return "'s" + name[2:] if name.startswith("'s ") else name


def others(folder: Path) -> Iterator[Place]:
    """Places of the Danish and the Dutch list."""
    for row in rows(folder / "dk_postnumre_dawa.csv.gz", ";"):
        yield "DK", row["postnr"].strip().zfill(4), row["navn"].strip()
    for row in rows(folder / "nl_4pp.csv.gz"):
        if row["soort"] != "Onbekend":
            yield "NL", row["postcode"], row["woonplaats"]


def bare(place: Place) -> Place:
    """A place without regard to case, hyphens and blanks."""
    country, postcode, name = place
    return country, postcode, re.sub(r"[\W_]+", "", name.casefold())


def main(folder: Path) -> None:
    """Write the list: what is there keeps its spelling, what only one list has is added."""
    target = HERE / "postcodes.csv.gz"
    places = former(target)
    known = {bare(place) for place in places}
    for place in (*geonames(folder), *others(folder)):
        if bare(place) not in known:
            known.add(bare(place))
            places.add(place)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("country", "postcode", "city"))
    writer.writerows(sorted(places))
    # Without a time in it the same lists give the same bytes.
    target.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    print(f"{len(places)} places")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
