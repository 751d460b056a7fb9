"""The house stands as drawn: contracts hold on the real tree, and each goes red on a planted breach."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tillid"


def lint(root: Path) -> tuple[bool, str]:
    # Run as a program of its own: what the test has imported must not stand in for the copy.
    code = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports_command as c; c(standalone_mode=True)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"{code}", "--no-cache"], cwd=root, capture_output=True, text=True, check=False
    )
    return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house")
    keep = shutil.ignore_patterns("*.csv", "*.parquet", "*.gz", "*.xlsx", "*.json", "__pycache__")
    shutil.copytree(SOURCE, root / "src" / "tillid", ignore=keep)
    shutil.copy(ROOT / ".importlinter", root)
    return root


def test_the_real_tree_is_green() -> None:
    green, said = lint(ROOT)
    assert green, said


BREACHES = {
    "upwards": ("terms/planted.py", "from tillid.governance import govern", "Imports go down only"),
    "governance looks at a port": ("governance/planted.py", "from tillid.ports import store", "Imports go down only"),
    "a stage reaches the pipeline": (
        "stages/wash/planted.py",
        "from tillid.pipeline import run",
        "Imports go down only",
    ),
    "a room that nobody drew": ("cellar/__init__.py", "", "Imports go down only"),
    "a module beside the rooms": ("helpers.py", "", "Imports go down only"),
    "the pipeline reaches a door": ("pipeline/planted.py", "from tillid.cli import main", "Imports go down only"),
    "a store reaches a connector": (
        "stores/planted.py",
        "from tillid.connectors import sources",
        "Imports go down only",
    ),
    "a stage reaches a stage": (
        "stages/wash/planted.py",
        "from tillid.stages.segment import definitions",
        "No stage knows",
    ),
    "a source reaches a destination": (
        "connectors/sources/planted.py",
        "from tillid.connectors.destinations import file",
        "No kind of connector",
    ),
    "a stage reaches a store": ("stages/wash/planted.py", "from tillid.stores import duckdb", "Only the wiring"),
    "a stage reaches a connector": (
        "stages/ingest/planted.py",
        "from tillid.connectors.sources import files",
        "Only the wiring",
    ),
    "the pipeline reaches a store": ("pipeline/planted.py", "from tillid.stores import duckdb", "Only the wiring"),
    "a door reaches a store": ("cli/planted.py", "from tillid.stores import duckdb", "Only the wiring"),
    "duckdb elsewhere": ("pipeline/planted.py", "import duckdb", "Engines are driven"),
    "duckdb in a function": (
        "stages/wash/planted.py",
        "def f():\n    from duckdb import connect\n    return connect",
        "Engines are driven",
    ),
    "pyspark elsewhere": ("governance/planted.py", "from pyspark.sql import SparkSession", "Engines are driven"),
    "lmdb elsewhere": ("cli/planted.py", "import lmdb", "Engines are driven"),
    "a database outside, elsewhere": (
        "pipeline/planted.py",
        "import sqlalchemy",
        "Databases, APIs and remote files are asked",
    ),
    "django elsewhere": ("cli/planted.py", "import django.db", "Django is the portal's"),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_goes_red(breach: str, copied: Path) -> None:
    place, line, contract = BREACHES[breach]
    planted = copied / "src" / "tillid" / place
    made = not planted.parent.exists()
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(f'"""A planted breach."""\n\n{line}\n')
    try:
        green, said = lint(copied)
    finally:
        shutil.rmtree(planted.parent) if made else planted.unlink()
    assert not green
    broken = [row for row in said.splitlines() if "BROKEN" in row]
    assert any(contract in row for row in broken), said


def names_used(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, (ast.alias, ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)  # getattr(module, "_issue_permit")
    return found


def users_of(name: str) -> set[str]:
    return {str(file.relative_to(SOURCE)) for file in SOURCE.rglob("*.py") if name in names_used(file)}


@pytest.mark.parametrize(
    ("name", "users"),
    [
        ("_issue_permit", {"governance/permit.py", "governance/register.py"}),
        ("_issue_governed", {"governance/governed.py", "governance/govern.py"}),
        ("_DecisionMaker", {"governance/govern.py", "governance/sql_text.py"}),
        ("_PermitState", {"governance/permit.py"}),
        ("_GovernedState", {"governance/governed.py"}),
        ("_ISSUED", {"governance/permit.py", "governance/governed.py"}),
    ],
)
def test_makers_are_used_where_they_belong_alone(name: str, users: set[str]) -> None:
    assert users_of(name) == users


def test_nobody_writes_into_a_permit_or_a_governed_query() -> None:
    """`object.__setattr__` is the one way past their refusal to be changed."""
    writers = users_of("__setattr__") & (users_of("Permit") | users_of("GovernedQuery"))
    assert {writer for writer in writers if not writer.startswith("governance/")} == set()


def test_registers_are_made_by_the_pipeline_alone() -> None:
    """A register of one's own would make permits of one's own."""
    makers = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Register":
                makers.add(str(file.relative_to(SOURCE)))
    assert makers
    assert {maker for maker in makers if not maker.startswith(("pipeline/", "testing/"))} == set()


def test_rooms_have_no_names_that_say_nothing() -> None:
    empty = {"utils", "util", "common", "helpers", "misc", "core"}
    names = {part for file in SOURCE.rglob("*.py") for part in file.relative_to(SOURCE).with_suffix("").parts}
    assert not names & empty
    assert not [name for name in names if name.endswith(("_service", "_manager", "_impl"))]
