"""Begins a project: a new folder with the fewest files that are one, or a copy of an example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from tillid.pipeline.errors import FolderNotEmpty
from tillid.pipeline.project.load import PROJECT_FILE

USER = "{{user}}"
"""What stands in a template for the name of whoever begins the project."""

_IGNORED = """\
# State, lists and reports are about people: they stay out of version control.
.tillid/
out/
report.html
quality.html
"""
_NEW_IGNORED = f"{_IGNORED}data/\n"
_LEFT_ALONE = {".git"}

_TILLID = """\
# Whose project this is, and who may do what. Check it with: tillid check
name: NAME                     # small letters, digits and _
controller: Company A/S        # the legal person that decides what data is used for
contact: dpo@company.example   # whom people write to about their data
country: DK                    # phones and postcodes without a country are read as this one's
timezone: Europe/Copenhagen    # times in files are read in it
languages: [da, en]
store: duckdb                  # duckdb | spark
# as_of: 2026-01-01            # work variables out for this day; left out: for now

roles:
  steward:                     # runs the whole job
    purposes: all
    categories: all
  analyst:                     # sees no names and no addresses
    purposes: [customer_analytics]
    categories: [user.behavior, user.unique_id]

users:                         # name of the system's user (or --as NAME) → roles
  "{{user}}": [steward]
"""

_PURPOSES = """\
# What data is used for, and what makes that lawful. Whatever is not listed here cannot be done.
# Categories, data uses and data subjects are keys of fideslang; a category covers those below it.
purposes:
  customer_analytics:
    label: Understand what customers buy
    data_use: analytics
    legal_basis: legitimate_interests    # consent contract legal_obligation vital_interests public_task
    assessment: LIA-1                    # where the weighing of interests is written down
    categories: [user.unique_id, user.behavior]
    data_subjects: [customer]
    retention: 24 months                 # rows older than this are not used

  # newsletter:
  #   label: Newsletter by e-mail
  #   data_use: marketing.communications.email
  #   legal_basis: consent
  #   notices: [newsletter-1]            # versions of the text under which a yes counts
  #   categories: [user.contact.email, user.name, user.unique_id, user.behavior]
  #   data_subjects: [customer, prospect]
  #   retention: 24 months
  #   recipients: [Mail company A/S]

  linking:                               # identifiers are joined into persons under this purpose alone
    label: Recognise a customer across lists
    data_use: operations
    legal_basis: legitimate_interests
    assessment: LIA-1
    categories: [user.unique_id, user.contact.email, user.contact.phone_number]
    data_subjects: [customer]
    retention: 24 months
"""

_README = """\
# NAME

A project of Tillid. Put files in `data/`, then draft a definition of each and finish it by hand:

    tillid suggest data/customers.csv > sources/customers.yml
    tillid check
    tillid run

| folder | what goes there, as `NAME.yml` |
|---|---|
| `sources/` | what each file is, and what its columns mean |
| `variables/` | values worked out per person |
| `segments/` | rules that choose people |
| `destinations/`, `activations/` | where lists go, and what is in them |
| `notices/` | each text that people say yes or no to |

Who may do what is in `tillid.yml`; what data may be used for is in `purposes.yml`.
"""

_FOLDERS = ("data", "sources", "variables", "segments", "destinations", "activations", "notices")


@dataclass(frozen=True, slots=True)
class Begun:
    """A project that was begun: its folder and the files in it (relative, with /)."""

    folder: Path
    files: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """As plain values."""
        return {"folder": str(self.folder), "files": list(self.files)}


def begin(folder: Path, user: str, template: Traversable | None = None) -> Begun:
    """Make a project in `folder`, with `user` as its steward; from `template` when there is one.

    Raises `FolderNotEmpty` when anything but a .git is there.
    """
    if folder.exists() and (not folder.is_dir() or {path.name for path in folder.iterdir()} - _LEFT_ALONE):
        raise FolderNotEmpty(f"{folder} is not an empty folder", hint="Name a new one: tillid init DIR")
    files = _new(folder) if template is None else _copied(template)
    folder.mkdir(parents=True, exist_ok=True)
    if template is None:
        for name in _FOLDERS:
            (folder / name).mkdir()
    # The file that makes a folder a project comes last: one cut short is none.
    for name in sorted(files, key=lambda name: name == PROJECT_FILE):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_signed(files[name], user) if name == PROJECT_FILE else files[name])
    return Begun(folder, tuple(sorted(files)))


def _new(folder: Path) -> Mapping[str, bytes]:
    name = _project_name(folder.resolve().name)
    texts = {PROJECT_FILE: _TILLID, "purposes.yml": _PURPOSES, "README.md": _README, ".gitignore": _NEW_IGNORED}
    return {path: text.replace("NAME", name, 1).encode() for path, text in texts.items()}


def _copied(template: Traversable) -> Mapping[str, bytes]:
    return {".gitignore": _IGNORED.encode(), **dict(_files_below(template, PurePosixPath()))}


def _files_below(place: Traversable, where: PurePosixPath) -> Iterator[tuple[str, bytes]]:
    for found in place.iterdir():
        if found.is_dir():
            yield from _files_below(found, where / found.name)
        else:
            yield str(where / found.name), found.read_bytes()


def _signed(text: bytes, user: str) -> bytes:
    """The text with the user's name in its place; a line of the template that lists the same name goes."""
    quoted = json.dumps(user, ensure_ascii=False)[1:-1]
    lines = [line for line in text.decode().splitlines(keepends=True) if not line.startswith(f"  {user}: [")]
    return "".join(lines).replace(USER, quoted).encode()


def _project_name(folder: str) -> str:
    """A name that a project may have, like the folder's.

    >>> _project_name("Købmand Nord 2")
    'kobmand_nord_2'
    """
    spelled = folder.lower().replace("æ", "ae").replace("ø", "o").replace("å", "aa")
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in spelled)
    name = "_".join(part for part in kept.split("_") if part)[:60]
    return name if name[:1].isalpha() else f"project_{name}".rstrip("_")[:60]
