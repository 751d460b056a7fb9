"""The example project that is shipped loads without a finding, by the loader and by the schemas."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import jsonschema
import pytest

from tillid.pipeline.project.file_kinds import FILE_KINDS, json_schemas
from tillid.pipeline.project.findings import Findings
from tillid.pipeline.project.load import load_project
from tillid.pipeline.project.yaml_nodes import read_yaml


@pytest.fixture
def nordlys() -> Path:
    with as_file(files("tillid.cli") / "example" / "nordlys") as folder:
        return folder


def test_the_example_has_no_findings(nordlys: Path) -> None:
    project, findings = load_project(nordlys)
    assert [str(finding) for finding in findings] == []
    assert project is not None
    assert project.sources
    assert project.segments
    assert project.activations


def test_the_example_is_valid_by_the_schemas(nordlys: Path) -> None:
    schemas = json_schemas()
    for kind in FILE_KINDS:
        for path in nordlys.glob(kind.where):
            document = read_yaml(path.read_bytes(), path.name, Findings())
            assert document is not None
            jsonschema.validate(document.value, schemas[kind.name], cls=jsonschema.Draft202012Validator)
