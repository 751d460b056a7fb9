"""The reference says what the code says: each key, command, error, reason, function and table is on its page."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import shlex
from pathlib import Path
from typing import Any

import click
import make
import pytest
import said_by_hand
import sqlglot
import yaml
from docs_pages import DOCS, REFERENCE, blocks, run
from sqlglot import exp

import tillid
from tillid.cli.main import VERBS
from tillid.governance import errors as governance_errors
from tillid.governance.sql_allowed import ALLOWED_SQL, ALLOWED_TYPES
from tillid.pipeline.answers import sql
from tillid.pipeline.catalogue import declared_tables
from tillid.pipeline.explain import IN_WORDS
from tillid.pipeline.project.file_kinds import FILE_KINDS, json_schemas
from tillid.pipeline.project.findings import Findings
from tillid.pipeline.project.load import load_or_refuse
from tillid.pipeline.project.schema import Place, Record, Variants
from tillid.pipeline.project.yaml_nodes import read_yaml
from tillid.pipeline.workspace import Workspace
from tillid.stages.activate import deliver
from tillid.stages.profile.definitions import Measure
from tillid.stages.profile.expressions import ALLOWED
from tillid.stages.wash import VERDICT_OF, Reason, Verdict, WashKind
from tillid.terms.comparisons import OPERATORS
from tillid.terms.errors import TillidError
from tillid.terms.table import TableKind

# On the allow-list, and not what DuckDB's dialect makes of a text, or not writable again: none of them can be asked for.
NOT_WRITTEN = {
    *("CastToStrType", "Date", "DateSub", "DatetimeAdd", "DatetimeDiff", "DatetimeSub", "DatetimeTrunc", "Fetch"),
    *("Initcap", "IntervalSpan", "MakeInterval", "RegexpCount", "RegexpILike", "StrToDate", "TimestampAdd"),
    *("TimestampDiff", "TimestampSub", "TsOrDsToDate", "WithinGroup", "Xor"),
}


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


# Pages that are made


@pytest.mark.parametrize("name", sorted(make.pages()))
def test_a_made_page_is_what_the_code_says(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == make.pages()[name], "run: python docs/reference/make.py"


def test_no_schema_is_left_over() -> None:
    assert {path.name for path in (REFERENCE / "schemas").iterdir()} == {
        f"{name}.schema.json" for name in json_schemas()
    }


def test_every_wash_verdict_and_reason_is_told() -> None:
    page = text_of("reference/washing.md")
    kinds = page.split("| `wash:` |")[1].split("\n\n")[0]
    assert {str(kind) for kind in WashKind} <= set(re.findall(r"`([a-z_]+)`", kinds))
    verdicts = page.split("| verdict |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", verdicts, re.MULTILINE) == [str(verdict) for verdict in Verdict]
    told = re.findall(r"^\| `([a-z_]+)` \| ([a-z]+) \|", page.split("## Reasons")[1], re.MULTILINE)
    assert told == [(str(reason), str(VERDICT_OF[reason])) for reason in Reason]


def keys_within(shape: object) -> set[str]:
    """Every key that can be written in a file of this shape, conditions left out."""
    if isinstance(shape, Variants):
        return {key for record in shape.by_key.values() for key in keys_within(record)}
    if isinstance(shape, Record):
        return {*shape.keys, *(key for part in shape.keys.values() for key in keys_within(part.shape))}
    return keys_within(shape.value) if hasattr(shape, "value") else set()


@pytest.mark.parametrize("kind", FILE_KINDS, ids=lambda kind: kind.name)
def test_every_key_of_a_definition_is_told(kind) -> None:
    page = text_of("reference/definitions.md")
    section = page.split(f"## {kind.where}\n")[1].split("\n## ")[0]
    told = {written.rpartition(".")[2] for written in re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)}
    assert keys_within(kind.entry) <= told


@pytest.mark.parametrize("kind", FILE_KINDS, ids=lambda kind: kind.name)
def test_an_example_of_a_definition_is_right(kind) -> None:
    findings = Findings()
    document = read_yaml(said_by_hand.EXAMPLES[kind.name].encode(), kind.where, findings)
    assert document is not None
    kind.shape.check(document.value, Place(document, (), findings))
    assert not findings.in_order()


def test_conditions_and_rules_are_told() -> None:
    page = text_of("reference/definitions.md")
    assert all(f"| `{word}` |" in page for word in (*OPERATORS, "at_least", "at_most", "exactly", "within"))
    assert all(f"| `{word}`" in page for word in ("all", "any", "not", "variable", "trait", "did", "did_not", "column"))


def test_measures_are_shown() -> None:
    page = text_of("how-to/variables-and-segments.md")
    assert [measure for measure in Measure if f"measure: {measure}" not in page] == []


def leaves(command: click.Command, name: str) -> list[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        return [(name, command)]
    return [leaf for inner in command.commands.values() for leaf in leaves(inner, f"{name} {inner.name}")]


COMMANDS = [leaf for verb in VERBS for leaf in leaves(verb, f"tillid {verb.name}")]


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_a_command_and_its_options_are_told(name: str, command: click.Command) -> None:
    page = text_of("reference/commands.md")
    section = re.split(rf"^#+ {name}$", page, flags=re.MULTILINE)[1].split("\n#")[0]
    options = {opt for p in command.params if isinstance(p, click.Option) for opt in p.opts}
    common = page.split("| command |")[0]
    assert all(f"`{opt}`" in section or f"`{opt}`" in common for opt in options)


# Errors


def everything() -> None:
    for module in pkgutil.walk_packages(tillid.__path__, "tillid."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def below(kind: type) -> set[type]:
    return {kind, *(found for child in kind.__subclasses__() for found in below(child))}


def told(page: str) -> set[str]:
    return set(re.findall(r"^\| `([A-Z]\w+)` \|", text_of(page), re.MULTILINE))


def test_every_error_is_told() -> None:
    everything()
    ours = {kind.__name__ for kind in below(TillidError) if kind.__module__.startswith("tillid.")}
    assert told("reference/errors.md") == ours - {"TillidError"}


def test_every_refusal_is_told_with_its_rule() -> None:
    page = text_of("how-to/when-something-is-refused.md")
    rows = dict(re.findall(r"^\| `([A-Z]\w+)` \| `(\w+)` \|", page, re.MULTILINE))
    refusals = below(governance_errors.Refused) - {governance_errors.Refused}
    assert rows == {kind.__name__: kind.rule for kind in refusals if kind.__module__.startswith("tillid.")}


def test_every_reason_about_a_person_is_told() -> None:
    page = text_of("how-to/consents-and-purposes.md")
    reasons = {*IN_WORDS, deliver.UNKNOWN, deliver.NOT_PERMITTED, deliver.EXPIRED}
    assert [reason for reason in sorted(reasons) if f"`{reason}`" not in page] == []


# SQL


def statements() -> list[str]:
    return [
        line for block in blocks(REFERENCE / "sql.md") if block.language == "sql" for line in block.text.splitlines()
    ]


def test_every_statement_of_the_page_is_run_and_every_allowed_part_is_in_one(shop: Path) -> None:
    seen: set[type] = set()
    with Workspace.open(shop, "ole", verb="docs") as workspace:
        for text in statements():
            sql(workspace, text, "customer_analytics")
            seen |= {type(node) for node in sqlglot.parse_one(text, dialect="duckdb").walk()}
    assert {part.__name__ for part in ALLOWED_SQL - seen} == NOT_WRITTEN


def test_types_are_told() -> None:
    section = text_of("reference/sql.md").split("## Types")[1].split("## ")[0]
    named = {
        sqlglot.exp.DataType.build(name, dialect="duckdb").this
        for name in re.findall(r"`([a-z]+)(?:\(p, s\))?`", section)
        if name != "cast"
    }
    same = {exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR, exp.DataType.Type.CHAR}
    timestamps = {exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ}
    assert named <= ALLOWED_TYPES | same | timestamps
    assert ALLOWED_TYPES - named <= same | timestamps


def test_the_sql_of_variables_is_told() -> None:
    section = " ".join(text_of("reference/sql.md").split("## SQL of a variable")[1].split())
    assert " ".join(ALLOWED.split()) in section


# Tables


def test_internal_tables_are_told(shop: Path) -> None:
    page = text_of("reference/tables.md")
    project = load_or_refuse(shop)
    by_purpose = dict(re.findall(r"^\| `(housekeeping\.\w+)` \| ([^|]+) \|", page, re.MULTILINE))
    columns = dict(re.findall(r"^\| `(\w+)` \| [^|]*?: ([^|]+) \|", page, re.MULTILINE))
    for name, table in declared_tables(project).items():
        if not table.only_for or table.kind is TableKind.STAGED:
            continue
        shown = re.sub("|".join(f"_{source}$" for source in project.sources), "_NAME", name)
        for purpose in table.only_for & by_purpose.keys():
            assert f"`{shown}`" in by_purpose[purpose], f"{shown} for {purpose}"
        if shown in columns:
            plain = [column for column in table.logical() if not column.startswith(("until__", "why__"))]
            assert [column for column in plain if f"`{column}`" not in columns[shown]] == []
    assert {"refused_rows", "consent_ledger", "standing", "deliveries"} <= columns.keys()


def test_public_tables_have_the_columns_that_are_told(shop: Path) -> None:
    tables = declared_tables(load_or_refuse(shop))
    assert {"person_id", "record_key", "valid_from", "valid_to", "email", "email_raw"} <= tables[
        "customers"
    ].logical().keys()
    assert {"person_id", "occurred_at", "source_file"} <= tables["orders"].logical().keys()
    assert list(tables["segment__service_due"].logical()) == ["person_id", "entered_at"]


# JSON


def differs(shown: Any, found: Any, where: str = "") -> str:
    """Where two answers do not have the same keys and kinds of values, or nothing."""
    if isinstance(shown, dict) and isinstance(found, dict):
        if shown.keys() != found.keys():
            return f"{where}: {sorted(shown.keys() ^ found.keys())}"
        return next(filter(None, (differs(shown[key], found[key], f"{where}.{key}") for key in shown)), "")
    if isinstance(shown, list) and isinstance(found, list):
        return differs(shown[0], found[0], f"{where}[0]") if shown and found else ""
    if shown is None or found is None or isinstance(found, type(shown)):
        return ""
    are_numbers = isinstance(shown, int | float) and isinstance(found, int | float)
    return "" if are_numbers else f"{where}: {type(shown).__name__} and {type(found).__name__}"


def test_json_has_the_keys_that_are_told(shop: Path) -> None:
    wrong = []
    told_of = set()
    for block in blocks(REFERENCE / "json.md"):
        if block.about:
            words = shlex.split(block.about)
            told_of.add(" ".join(words[:3] if words[1] in ("explain", "person") else words[:2]))
            found = json.loads(run(f"{block.about} --json", shop))
            difference = differs(json.loads(block.text), found)
            if difference:
                wrong.append(f"json.md:{block.line}: {difference}")
    assert not wrong
    assert {name for name, _ in COMMANDS} - told_of == {"tillid bench"}


def test_a_difference_of_json_goes_red() -> None:
    assert differs({"a": [{"b": 1}]}, {"a": [{"b": 2.5}]}) == ""
    assert differs({"a": [{"b": 1}]}, {"a": [{"c": 2}]}) == ".a[0]: ['b', 'c']"
    assert differs({"a": 1}, {"a": "1"})


# Words


def test_words_are_in_order_and_told_once() -> None:
    words = re.findall(r"^\| ([a-z][\w ]+) \|", text_of("reference/words.md"), re.MULTILINE)[1:]
    assert words == sorted(set(words))
    assert len(words) > 40


def test_yaml_in_the_pages_can_be_read() -> None:
    for page in DOCS.rglob("*.md"):
        for block in blocks(page):
            if block.language == "yaml":
                yaml.safe_load(block.text)
