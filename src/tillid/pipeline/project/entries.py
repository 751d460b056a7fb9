"""Reads the files of a project folder and takes them apart into entries, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from tillid.pipeline.project.file_kinds import FILE_KINDS, FileKind
from tillid.pipeline.project.findings import Findings, nearest
from tillid.pipeline.project.ready import completed
from tillid.pipeline.project.schema import Place
from tillid.pipeline.project.yaml_nodes import Path, read_yaml

REQUIRED = ("project", "purposes")
NAMED_ENTRIES = ("columns", "roles", "users", "collected_for_if")


@dataclass(frozen=True, slots=True)
class Entry:
    """One definition as written: its plain values and where it stands.

    When its shape is not right it is not sound, and `values` holds only the keys that are, so that the
    checks between files can go on.
    """

    name: str
    values: dict[str, Any]
    place: Place
    is_sound: bool

    def has(self, *keys: str) -> bool:
        """Whether each of these keys is there and in shape."""
        return all(key in self.values for key in keys)


@dataclass(slots=True)
class Entries:
    """Every entry of a project by kind (`FileKind.name`) and name, in the order of files and keys.

    `unread` names the kinds of which some file could not be read, so that names may be missing.
    """

    by_kind: dict[str, dict[str, Entry]] = field(default_factory=lambda: {kind.name: {} for kind in FILE_KINDS})
    unread: set[str] = field(default_factory=set)

    def of(self, kind: str) -> Iterator[Entry]:
        """The entries of a kind."""
        return iter(self.by_kind[kind].values())

    def sound(self, kind: str) -> Iterator[Entry]:
        """The entries of a kind whose shape is right."""
        return (entry for entry in self.of(kind) if entry.is_sound)


def read_entries(folder: FilePath, findings: Findings) -> Entries:
    """Read every definition file below `folder`; mistakes of form go to `findings`."""
    entries = Entries()
    for kind in FILE_KINDS:
        for path in _files(folder, kind, findings):
            _read_file(path, _shown(path, folder), kind, entries, findings)
    _note_strays(folder, findings)
    return entries


def _files(folder: FilePath, kind: FileKind, findings: Findings) -> list[FilePath]:
    if not kind.folder:
        path = folder / kind.where
        if path.exists():
            return [path]
        if kind.name in REQUIRED:
            findings.add(kind.where, 1, f"the file is missing: it holds {kind.says}")
        return []
    inside = folder / kind.folder
    if not inside.is_dir():
        return []
    return sorted(path for path in inside.glob("*.yml") if not path.name.startswith("."))


def _read_file(path: FilePath, shown: str, kind: FileKind, entries: Entries, findings: Findings) -> None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        findings.add(shown, 1, f"cannot be read: {error.strerror or 'unknown reason'}")
        entries.unread.add(kind.name)
        return
    document = read_yaml(raw, shown, findings)
    if document is None:
        entries.unread.add(kind.name)
        return
    if kind.name == "source":
        document = completed(document)
    place = Place(document, (), findings)
    if document.value is None:
        place.found(f"the file is empty: it should hold {kind.says}")
        return
    kind.shape.check(document.value, place)
    values = document.value if isinstance(document.value, dict) else {}
    if kind.key:
        named = values.get(kind.key)
        for name, entry in named.items() if isinstance(named, dict) else ():
            _keep(name, entry, place.at(kind.key, name), kind, entries)
    else:
        _keep(_own_name(values, path), document.value, place, kind, entries)


def _own_name(values: dict[str, Any], path: FilePath) -> str:
    name = values.get("name")
    return name if isinstance(name, str) else path.name.removesuffix(".yml")


def _keep(name: str, values: object, place: Place, kind: FileKind, entries: Entries) -> None:
    known = entries.by_kind[kind.name]
    if name in known:
        first = known[name].place
        where = f"{first.document.file} line {first.document.line(first.path)}"
        at = place.at("name") if not kind.key else place
        at.found(f"two {_plural(kind)} are named `{name}`: the first is in {where}")
        return
    alone = Place(place.document, place.path, Findings())
    kind.entry.check(values, alone)
    wrong = {path[len(place.path) :] for path in alone.noted}
    known[name] = Entry(name, _in_shape(values, wrong), place, not wrong)


def _in_shape(values: object, wrong: set[Path]) -> dict[str, Any]:
    """The keys under which nothing is `wrong`; of mappings that the user names, the single entries."""
    kept: dict[str, Any] = {}
    for key, value in values.items() if isinstance(values, dict) else ():
        below = {path[1] for path in wrong if path[0:1] == (key,) and len(path) > 1}
        if (key,) in wrong or (below and key not in NAMED_ENTRIES):
            continue
        kept[key] = {name: item for name, item in value.items() if name not in below} if below else value
    return kept


def _plural(kind: FileKind) -> str:
    return kind.key or f"{kind.name}s"


def _note_strays(folder: FilePath, findings: Findings) -> None:
    """Note files that would be passed over because of a small slip in a name."""
    folders = [kind.folder for kind in FILE_KINDS if kind.folder]
    files = [kind.where.removesuffix(".yml") for kind in FILE_KINDS if not kind.folder]
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and path.name in folders:
            for inside in sorted(path.glob("*.yaml")):
                findings.add(_shown(inside, folder), 1, "not read: name it .yml instead of .yaml")
        elif path.is_dir():
            meant = nearest(path.name, folders)
            for inside in sorted(path.glob("*.yml")) if meant and not (folder / meant).exists() else ():
                findings.add(_shown(inside, folder), 1, f"not read: did you mean the folder `{meant}`?")
        elif path.suffix in {".yml", ".yaml"}:
            meant = nearest(path.stem, files)
            if meant and not (folder / f"{meant}.yml").exists():
                findings.add(_shown(path, folder), 1, f"not read: did you mean `{meant}.yml`?")


def _shown(path: FilePath, folder: FilePath) -> str:
    return path.relative_to(folder).as_posix().encode("utf-8", "replace").decode("utf-8")
