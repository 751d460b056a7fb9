"""Writes the pages of the reference that say what the code says: definitions.md, commands.md and schemas/.

Run it after a definition key, a verb or an option changed: `python docs/reference/make.py`. A test holds the
pages and the code equal.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from said_by_hand import EXAMPLES, INTRO, NOTES, READY_INTRO, SCHEMAS

from tillid.cli.main import VERBS, tillid
from tillid.pipeline.project.api_shapes import Anything, Rate
from tillid.pipeline.project.condition_shapes import ROW_CONDITION, SEGMENT_RULE
from tillid.pipeline.project.connection_shapes import WithoutSecrets
from tillid.pipeline.project.file_kinds import FILE_KINDS, FileKind, json_schemas
from tillid.pipeline.project.lag_shape import Lag
from tillid.pipeline.project.ready import ReadyDefinition, ready_definitions
from tillid.pipeline.project.schema import (
    Day,
    ListOf,
    MapOf,
    Named,
    Record,
    Scalar,
    Shape,
    Text,
    Truth,
    Variants,
    When,
    Whole,
)
from tillid.terms.categories import (
    ALL_DATA_SUBJECTS,
    GOVERNMENT_ID,
    LOCAL_CATEGORIES,
    LOCAL_DATA_USES,
    SPECIAL_CATEGORIES,
)

HERE = Path(__file__).parent
LISTED_AT_MOST = 12
COMMON = ("--as", "--project", "--json", "--version")
MADE = "<!-- Written by docs/reference/make.py from the code: change the code or the script, not this page. -->\n"


def pages() -> dict[str, str]:
    """Path below docs/reference → text, of every page that is made."""
    schemas = {
        f"schemas/{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for name, schema in json_schemas().items()
    }
    return {"definitions.md": definitions(), "commands.md": commands(), "ready-definitions.md": ready(), **schemas}


def definitions() -> str:
    """Every key of every definition file."""
    parts = [
        "# Definitions",
        MADE,
        INTRO,
        _table(
            ("file", "what it says"),
            [(f"[`{kind.where}`](#{_anchor(kind)})", _sentence(kind.says)) for kind in FILE_KINDS],
        ),
        SCHEMAS,
        "```yaml\n# yaml-language-server: $schema=schemas/source.schema.json\n```",
    ]
    for kind in FILE_KINDS:
        parts += [*_kind(kind)]
    parts += [
        "## Conditions",
        "A condition says which rows of a table count. It is used by `where`.",
        _variants(ROW_CONDITION),
        "## Rules",
        "A rule says which people belong to a segment. Rules stand in one another.",
        _variants(SEGMENT_RULE),
        *_words(),
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _kind(kind: FileKind) -> Iterator[str]:
    yield f"## {kind.where}"
    yield _sentence(kind.says)
    if kind.key:
        yield f"One key, `{kind.key}`, with entries by name. The keys of an entry:"
    yield from _keys(kind.entry)
    if kind.name in NOTES:
        yield NOTES[kind.name]
    yield f"Example:\n\n```yaml\n{EXAMPLES[kind.name].strip()}\n```"


def _keys(shape: Shape) -> Iterator[str]:
    """The table of a shape's keys, then what they demand of one another."""
    if isinstance(shape, Variants):
        for key, record in shape.by_key.items():
            yield f"With `{key}`:"
            yield from _keys(record)
        return
    assert isinstance(shape, Record)  # noqa: S101  every entry of a file is one or the other
    yield _table(("key", "value", "must be there", "what it says"), list(_rows(shape)))
    rules = [line for rule in shape.rules for line in _rule(rule)]
    if rules:
        yield "\n".join(f"- {line}" for line in rules)


def _rows(record: Record, before: str = "") -> Iterator[tuple[str, str, str, str]]:
    for name, key in record.keys.items():
        must = "yes" if key.required else ""
        yield (f"`{before}{name}`", _value(key.shape), must, _sentence(key.says))
        yield from _below(key.shape, f"{before}{name}.")


def _below(shape: Shape, before: str) -> Iterator[tuple[str, str, str, str]]:
    """The keys within a key's value."""
    match shape:
        case WithoutSecrets():
            yield from _below(shape.shape, before)
        case MapOf():
            yield from _below(shape.value, f"{before}….")
        case Record():
            yield from _rows(shape, before)
        case Variants():
            for record in shape.by_key.values():
                yield from _rows(record, before)


def _rule(rule: When) -> Iterator[str]:
    value = " or ".join(f"`{value}`" for value in rule.values)
    if rule.needs:
        yield f"`{rule.key}` {value} needs {_all(rule.needs)}."
    if rule.bars:
        yield f"`{rule.key}` {value} does not go with {_all(rule.bars)}."


def _all(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _value(shape: Shape) -> str:  # noqa: C901, PLR0911, PLR0912  one return a shape reads best
    match shape:
        case Text():
            return _text(shape)
        case Lag():
            return "a time such as `10 minutes`, or a whole number"
        case Day():
            return "date: `2026-10-31`"
        case Whole():
            return f"whole number, {shape.at_least} or more"
        case Truth():
            return "`true` or `false`"
        case Scalar():
            return "text, number, `true` or `false`"
        case ListOf():
            return _list(shape)
        case WithoutSecrets():
            return _value(shape.shape)
        case Record() | Variants():
            return "mapping"
        case Rate():
            return "number above 0"
        case Anything():
            return "any value"
        case MapOf():
            inner = "entries" if next(_below(shape, ""), None) else _value(shape.value)
            return f"mapping of names to {inner}"
        case Named():
            return {"row_condition": "[condition](#conditions)", "segment_rule": "[rule](#rules)"}[shape.name]
    raise NotImplementedError(type(shape).__name__)


def _list(shape: ListOf) -> str:
    many = f"list of {_value(shape.item)}"
    if shape.or_word:
        return f"{many}, or `{shape.or_word}`"
    return f"{_value(shape.item)}, or a list" if shape.or_single else many


def _text(shape: Text) -> str:
    if not shape.choices:
        return shape.says or "text"
    if len(shape.choices) <= LISTED_AT_MOST:
        return " ".join(f"`{choice}`" for choice in shape.choices)
    return f"[{shape.what}](#words)"


def _variants(named: Named) -> str:
    shape = named.shape()
    assert isinstance(shape, Variants)  # noqa: S101
    rows = []
    for record in shape.by_key.values():
        keys = [f"`{name}`" + ("" if key.required else "?") for name, key in record.keys.items()]
        compares = bool(record.one_of)
        shown = [*keys[:1], "and one comparison"] if compares else keys
        first = next(iter(record.keys.values()))
        rows.append((" ".join(shown), _sentence(first.says)))
    compared = next(record for record in shape.by_key.values() if record.one_of)
    comparisons = [
        (f"`{name}`", _value(key.shape), _sentence(key.says))
        for name, key in compared.keys.items()
        if name in compared.one_of
    ]
    parts = [_table(("keys (`?`: may be left out)", "who or what is meant"), rows)]
    counted = [record for record in shape.by_key.values() if len(record.keys) > 1 and not record.one_of]
    if counted:
        every = {name: key for record in counted for name, key in record.keys.items() if not key.required}
        shown = [(f"`{name}`", _value(key.shape), _sentence(key.says)) for name, key in every.items()]
        parts.append(_table(("key", "value", "what it says"), shown))
    if named is ROW_CONDITION:
        parts.append(_table(("comparison", "value", "the column's value is"), comparisons))
        parts.append("A comparison with an empty value is never met, save `is_null: true`. `not` turns that around.")
    else:
        parts.append("Comparisons are those of [conditions](#conditions).")
    return "\n\n".join(parts)


def _words() -> Iterator[str]:
    yield "## Words"
    yield (
        "Data categories, data uses and data subjects are keys of the "
        "[fideslang taxonomy](https://ethyca.github.io/fideslang/). A key covers those below it: `user.contact` covers "
        "`user.contact.email`. `tillid check` names the nearest keys when one is not known."
    )
    subjects = ", ".join(f"`{subject}`" for subject in sorted(ALL_DATA_SUBJECTS))
    yield f"Data subjects: {subjects}."
    yield "Tillid adds these data uses, each of which is a purpose of its own in law:"
    yield "\n".join(f"- `{use}`" for use in sorted(LOCAL_DATA_USES))
    local = ", ".join(f"`{category}`" for category in sorted(LOCAL_CATEGORIES))
    yield f"Tillid adds this data category, which GDPR Art. 9 names: {local}."
    yield (
        "These categories, with all below them, are special (GDPR Art. 9 and 10). A purpose that covers one must name "
        "its `special_category_basis`, and a column of one must be collected for such a purpose:"
    )
    yield "\n".join(f"- `{category}`" for category in sorted(SPECIAL_CATEGORIES))
    yield (
        f"`{GOVERNMENT_ID}`, with all below it, is a matter of national law (GDPR Art. 87): the purpose must name the "
        "law in its `national_id_basis`."
    )


def ready() -> str:
    """Every ready definition: what a user says, what it brings."""
    named = ready_definitions().values()
    rows = [(f"[`{one.name}`](#{one.name})", one.vendor, _sentence(one.about)) for one in named]
    parts = ["# Ready definitions", MADE, READY_INTRO, _table(("name", "vendor", "what its rows are"), rows)]
    for one in named:
        parts += _ready(one)
    return "\n\n".join(parts) + "\n"


def _ready(one: ReadyDefinition) -> Iterator[str]:
    source = one.source
    yield f"## {one.name}"
    yield f"{one.vendor}: {one.about[:1].lower()}{one.about[1:]}. Held to {one.version}: [documentation]({one.docs})."
    told = {key: str(source[key]) for key in ("kind", "load", "key", "time") if key in source}
    told["load"] = told.get("load", "as the kind has it")
    yield ", ".join(f"{key}: `{value}`" for key, value in told.items()) + "."
    if one.asks:
        yield _table(("you say", "what it is"), [(f"`{key}`", _sentence(says)) for key, says in one.asks.items()])
    columns = [
        (
            f"`{_sentence(header)}`",
            f"`{said['name']}`",
            said["type"],
            f"`{said['category']}`",
            said.get("identifier", ""),
        )
        for header, said in source["columns"].items()
    ]
    yield _table(("field", "column", "type", "data category", "identifier"), columns)


def commands() -> str:
    """Every verb and option of the command line."""
    parts = ["# Commands", MADE, _help(tillid), "Options that every command takes, before or after its name:"]
    parts.append(_options([option for option in tillid.params if option.opts[0] in COMMON]))
    parts.append("`-h` or `--help` after a command says what is on this page.")
    rows = [(f"[`tillid {verb.name}`](#tillid-{verb.name})", _short(verb)) for verb in VERBS]
    parts.append(_table(("command", "what it does"), rows))
    for verb in VERBS:
        parts += _command(f"tillid {verb.name}", verb)
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def _command(name: str, command: click.Command, level: int = 2) -> Iterator[str]:
    yield f"{'#' * level} {name}"
    yield _help(command)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _command(f"{name} {inner.name}", inner, level + 1)
        return
    arguments = [str(p.metavar) for p in command.params if isinstance(p, click.Argument)]
    own = [p for p in command.params if isinstance(p, click.Option) and p.opts[0] not in COMMON]
    yield f"```text\n{' '.join([name, *(['[OPTIONS]'] if own else []), *arguments])}\n```"
    if own:
        yield _options(own)


def _options(options: Sequence[click.Parameter]) -> str:
    rows = []
    for option in options:
        assert isinstance(option, click.Option)  # noqa: S101
        written = ", ".join(f"`{name}`" for name in option.opts)
        value = "" if option.is_flag or option.metavar is None else f" `{option.metavar}`"
        rows.append((written + value, option.help or ""))
    return _table(("option", "what it does"), rows)


def _help(command: click.Command) -> str:
    shown = []
    for block in inspect.cleandoc(command.help or "").split("\n\n"):
        if block.startswith("\b"):
            shown.append("```text\n" + block.removeprefix("\b").strip("\n") + "\n```")
        else:
            shown.append(" ".join(block.split()))
    return "\n\n".join(shown)


def _short(command: click.Command) -> str:
    return (command.help or "").split("\n")[0]


def _anchor(kind: FileKind) -> str:
    """The anchor that a heading with the kind's place gets: letters, digits, - and _ alone."""
    return "".join(sign for sign in kind.where.lower() if sign.isalnum() or sign in "-_")


def _sentence(text: str) -> str:
    return text.replace("|", r"\|").replace("*", r"\*")


def _table(headers: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [headers, tuple("---" for _ in headers), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Write the pages."""
    for name, text in pages().items():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
