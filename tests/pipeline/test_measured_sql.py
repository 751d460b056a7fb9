"""A measure over SQL of the events' columns: exact, allow-listed, checked when loaded, and governed by all it reads."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from small_projects import ORDERS, PURPOSES, SmallProject, csv

from tillid.governance.errors import ColumnOutsidePurpose
from tillid.pipeline.explain_definition import explain_definition
from tillid.pipeline.project.load import load_project

LINES = (
    ORDERS
    + """  pieces: {name: pieces, type: integer, category: user.behavior}
  price:  {name: price, type: "decimal(12,4)", category: user.contact}
"""
)
HEAD = "no,at,item,amount,pieces,price"
AT = "2025-12-01 10:00:00"
ROWS = [
    ("1", AT, "cup", "0.10", 3, "0.1001"),
    ("1", AT, "cup", "0.20", -1, "0.3333"),
    ("1", AT, "cup", "5", None, 1),
    ("2", AT, "tin", "9999999999999.99", 100_000_000, "9999.9999"),
]


def _project(folder: Path, **variables: str) -> SmallProject:
    lines = "".join(f"  {name}: {{of: orders, {text}}}\n" for name, text in variables.items())
    files = {
        "sources/orders.yml": LINES,
        "variables/v.yml": "variables:\n" + lines,
        "data/orders.csv": csv(HEAD, *ROWS),
    }
    return SmallProject(folder, files)


def test_money_is_exact(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        spent="measure: sum, column: pieces * price",
        most='measure: max, column: "amount + price"',
        known='measure: count, column: "nullif(pieces, -1)"',
        cups='measure: share, column: "abs(pieces)", where: {column: item, eq: cup}',
        large='measure: distinct, column: "case when amount > 1 then 1 else 0 end"',
        plain="measure: sum, column: amount",
    )
    project.build()
    found = {row["plain"]: row for row in project.sql("select * from variables")}
    one, two = found[Decimal("5.30")], found[Decimal("9999999999999.99")]
    assert one["spent"] == 3 * Decimal("0.1001") - Decimal("0.3333")
    assert two["spent"] == 100_000_000 * Decimal("9999.9999")
    assert (one["most"], one["known"], one["cups"], one["large"]) == (Decimal("6.0000"), 1, 1.0, 2)
    with project.opened() as workspace:
        said = explain_definition(workspace, "variable", "spent")
    assert said["worked_out"] == "sum of (pieces * price) of orders"
    assert said["categories"] == ["user.behavior", "user.behavior.purchase_history", "user.contact"]


def test_it_may_be_used_for_no_more_than_each_column_in_it(tmp_path: Path) -> None:
    project = _project(tmp_path, spent="measure: sum, column: pieces * price", bought="measure: sum, column: pieces")
    narrow = "[user.unique_id, user.behavior, user.device]"
    project.put(
        "purposes.yml",
        PURPOSES.replace(
            "[user.unique_id, user.behavior, user.contact, user.name, user.device, user.privacy_preferences]", narrow, 1
        ),
    )
    project.build()
    assert sorted(row["bought"] for row in project.sql("select bought from variables")) == [2, 100_000_000]
    with pytest.raises(ColumnOutsidePurpose, match="spent"):
        project.sql("select spent from variables")


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ("pieces * prise", "unknown column of `orders` `prise`; did you mean `price`?"),
        ("Pieces", "did you mean `pieces`?"),
        ("pieces *", "The sql cannot be read"),
        ("random()", "The sql names no column"),
        ("md5(item)", "md5 is not allowed"),
        ("orders.pieces", "A column is named without a table"),
        ("(select max(pieces) from orders)", "is not allowed"),
        ("pieces * item", "A number is needed in mul, not string"),
        ("pieces; drop table orders", "The sql must be one expression"),
    ],
)
def test_a_mistake_in_it_is_found_where_it_stands(tmp_path: Path, column: str, says: str) -> None:
    project = _project(tmp_path, fine="measure: count", wrong=f'measure: sum, column: "{column}"')
    _, findings = load_project(project.folder)
    assert [(finding.file, finding.line) for finding in findings] == [("variables/v.yml", 3)]
    assert says in findings[0].message


def test_a_name_that_means_something_in_sql_is_a_name(tmp_path: Path) -> None:
    lines = LINES.replace("name: pieces", "name: order")
    project = _project(tmp_path, a="measure: sum, column: order", b='measure: sum, column: "\\"order\\" * 2"')
    project.put("sources/orders.yml", lines)
    project.build()
    assert sorted((row["a"], row["b"]) for row in project.sql("select a, b from variables")) == [
        (2, 4),
        (100_000_000, 200_000_000),
    ]
