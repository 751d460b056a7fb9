"""tillid read at the command line: it needs no project, and a refused file ends with 1."""

from __future__ import annotations

import json

import pytest

from tillid.cli.main import answer


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_is_shown_without_a_project(here, capsys):
    (here / "crm.csv").write_text("Nr;Navn\n1;Åse\n2;Bo\n3\n")
    assert answer(["read", "crm.csv"]) == 0
    shown = capsys.readouterr()
    assert "crm" in shown.out
    assert "integer" in shown.out
    assert "1 row had fewer values" in shown.out
    assert "Åse" not in shown.out + shown.err
    assert list(here.iterdir()) == [here / "crm.csv"]


def test_json_and_parquet(here, capsys):
    (here / "crm.csv").write_text("Nr;Navn\n1;Åse\n")
    assert answer(["read", "crm.csv", "--json", "--out", "out"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {
        "tables": [
            {
                "name": "crm",
                "rows": 1,
                "columns": [{"name": "Nr", "type": "integer"}, {"name": "Navn", "type": "text"}],
                "encoding": "utf-8",
                "separator": ";",
                "header_row": 1,
                "notes": [],
                "path": "out/crm.parquet",
            }
        ],
        "refused": None,
    }


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_refused_file_ends_with_1(here, capsys, options):
    (here / "a.csv").write_bytes(b"%PDF-1.7")
    assert answer(["read", "a.csv", *options]) == 1
    shown = capsys.readouterr()
    if options:
        assert json.loads(shown.out)["tables"] == []
        assert "a PDF document" in json.loads(shown.out)["refused"]
    else:
        assert "a PDF document" in shown.err


def test_no_value_is_told_of_what_goes_wrong(here, capsys):
    (here / "a.csv").write_text('a;b\n1;2\n"secret;x\nsecret words\nmore\n')
    assert answer(["read", "a.csv"]) == 1
    shown = capsys.readouterr()
    assert "line 3" in shown.err
    assert "secret" not in shown.out + shown.err
