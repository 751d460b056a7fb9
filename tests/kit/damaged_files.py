"""Reads damaged copies of files, and says on its last line what a reader did that it must not.

As a program, `damaged_files.py FOLDER COUNT`: each file of the folder is damaged COUNT times. It runs in a process of
its own, for a reader that crashes takes its process with it; what it was reading is then the last line.
"""

from __future__ import annotations

import io
import random
import sys
import time
import zipfile
from pathlib import Path

from tillid.connectors.sources.files import FileSource
from tillid.ports.source import ReadAs
from tillid.terms.errors import TillidError

_MOST_TABLES = 3
_MOST_SECONDS = 10
_FOURS = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\0\0\0\x80")
_WORDS = (b'"-1"', b'"99999999999"', b'""', b'"1e308"', b'"A1048577"', b'"XFD1048576"', b'"x"', b'"ZZZZZZ9"')


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The content with bits turned, bytes put in, taken out or set, or its end cut off."""
    made = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        at = chance.randrange(len(made) or 1)
        kind = chance.randrange(6)
        if kind == 0 and made:
            made[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            made[at : at + 1] = bytes([chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])])
        elif kind == 2 and chance.random() < 0.4:
            del made[at:]
        elif kind == 3:
            made[at:at] = chance.randbytes(chance.choice([1, 2, 4, 50]))
        elif kind == 4:
            del made[at : at + chance.choice([1, 2, 8, 100])]
        elif kind == 5:
            made[at : at + 4] = chance.choice(_FOURS)
    return bytes(made)


def damaged_within(content: bytes, chance: random.Random) -> bytes:
    """A container with one part damaged and packed anew, so that its checksums hold."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(packed, "w") as made:
        names = book.namelist()
        chosen = chance.choice([name for name in names if not name.endswith("/")])
        for name in names:
            part = book.read(name)
            if name == chosen:
                quoted = part.split(b'"')
                if chance.random() < 0.4 and len(quoted) > 2:
                    place = chance.randrange(1, len(quoted) - 1) | 1
                    quoted[place] = chance.choice(_WORDS).strip(b'"')
                    part = b'"'.join(quoted)
                else:
                    part = damaged(part, chance)
            made.writestr(name, part)
    return packed.getvalue()


def _is_whole_container(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return book.testzip() is None
    except (zipfile.BadZipFile, RuntimeError):  # RuntimeError: it is encrypted
        return False


def read_through(path: Path) -> None:
    """The first tables of a file, to their ends. Errors: TillidError."""
    source = FileSource(path.parent, [path.name])
    (file,) = source.files()
    names = source.tables(file)
    for name in names[:_MOST_TABLES] if len(names) > 1 else (None,):
        one = FileSource(path.parent, [path.name], ReadAs(sheet=name))
        one.look(file)
        rows = sum(batch.table.num_rows for batch in one.read(file))
        if rows:
            one.line_of(file, [0, rows - 1])


def _main(folder: Path, count: int) -> None:
    wrong, reads, refused = [], 0, 0
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        is_container = _is_whole_container(content)
        for number in range(count):
            chance = random.Random(f"{path.name}/{number}")
            within = is_container and number % 2
            path.write_bytes(damaged_within(content, chance) if within else damaged(content, chance))
            print(f"{path.name} {number}", flush=True)
            began = time.perf_counter()
            try:
                read_through(path)
                reads += 1
            except TillidError:
                refused += 1
            except Exception as error:  # noqa: BLE001  that is what is looked for
                wrong.append(f"{path.name} {number}: {type(error).__name__} {error}")
            if time.perf_counter() - began > _MOST_SECONDS:
                wrong.append(f"{path.name} {number}: more than {_MOST_SECONDS} s")
        path.write_bytes(content)
    print(f"{reads} read, {refused} refused, wrong: {wrong}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]))
