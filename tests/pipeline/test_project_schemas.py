"""The JSON Schemas for editors and the loader come from one description and agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tillid.pipeline.project.file_kinds import FILE_KINDS, FileKind, file_kind, json_schemas
from tillid.pipeline.project.findings import Findings
from tillid.pipeline.project.schema import Place
from tillid.pipeline.project.yaml_nodes import Document, read_yaml

NORDBY = Path(__file__).parent / "nordby"
VALIDATORS = {name: jsonschema.Draft202012Validator(schema) for name, schema in json_schemas().items()}


def files() -> Iterator[tuple[FileKind, str, Any]]:
    for kind in FILE_KINDS:
        for path in sorted(NORDBY.glob(kind.where)):
            document = read_yaml(path.read_bytes(), path.name, Findings())
            assert document is not None
            yield kind, path.name, document.value


FILES = [(kind.name, name, value) for kind, name, value in files()]


def loader_accepts(kind: str, value: object) -> bool:
    findings = Findings()
    file_kind(kind).shape.check(value, Place(Document("some.yml", value, {}), (), findings))
    return len(findings) == 0


def test_there_is_one_schema_for_each_kind_and_each_is_valid() -> None:
    assert set(VALIDATORS) == {kind.name for kind in FILE_KINDS} == {kind for kind, _, _ in FILES}
    for schema in json_schemas().values():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert json.loads(json.dumps(schema)) == schema


def test_every_key_of_a_file_is_described_for_editors() -> None:
    def undescribed(schema: object, at: str) -> Iterator[str]:
        if isinstance(schema, dict):
            for name, key in schema.get("properties", {}).items() if "additionalProperties" in schema else ():
                if "description" not in key:
                    yield f"{at}.{name}"
            for name, value in schema.items():
                yield from undescribed(value, f"{at}.{name}")
        if isinstance(schema, list):
            for value in schema:
                yield from undescribed(value, at)

    assert [name for kind, schema in json_schemas().items() for name in undescribed(schema, kind)] == []


@pytest.mark.parametrize(("kind", "name", "value"), FILES, ids=lambda value: value if isinstance(value, str) else "")
def test_the_valid_project_is_valid_by_both(kind: str, name: str, value: object) -> None:
    assert [error.message for error in VALIDATORS[kind].iter_errors(value)] == []
    assert loader_accepts(kind, value)


def paths(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        yield from paths(item, (*at, key))


def replaced(value: Any, path: tuple[str | int, ...], new: object) -> Any:
    """A copy in which `new` stands at `path`; ... takes the entry out, a tuple renames its key."""
    if not path:
        return value if new is ... or isinstance(new, tuple) else new
    key, rest = path[0], path[1:]
    if isinstance(value, list):
        if not rest and new is ...:
            return [item for index, item in enumerate(value) if index != key]
        return [replaced(item, rest, new) if index == key else item for index, item in enumerate(value)]
    changed: dict[str, Any] = {}
    for name, item in value.items():
        if name != key:
            changed[name] = item
        elif rest or not (new is ... or isinstance(new, tuple)):
            changed[name] = replaced(item, rest, new)
        elif isinstance(new, tuple):
            changed[new[0]] = item
    return changed


NEW = st.one_of(
    st.just(...),
    st.tuples(st.sampled_from(["labl", "measure", "sql", "column", "all", "eq", "purpose", "Name", ""])),
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", " ", "all", "consent", "share", "recency", "count", "12 months", "2026-10-31", "things"]),
    st.sampled_from(
        ["user.contact.email", "customer", "parquet", "decimal(18,2)", "a.b", "DK", "legitimate_interests"]
    ),
    st.just([]),
    st.just({}),
    st.just(["a"]),
    st.just({"all": [{"column": "a", "eq": 1}]}),
)


@settings(deadline=None)
@given(st.data())
def test_both_agree_on_changed_files(data: st.DataObject) -> None:
    kind, _, value = data.draw(st.sampled_from(FILES))
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(list(paths(value))))
        value = replaced(value, path, data.draw(NEW))
    assert loader_accepts(kind, value) == VALIDATORS[kind].is_valid(value), value
