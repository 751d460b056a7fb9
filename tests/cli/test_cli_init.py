"""tillid init: a project that is right from the start."""

from __future__ import annotations

import pytest
import yaml

from tillid.pipeline.project.load import load_project


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("getpass.getuser", lambda: "ole")


@pytest.mark.parametrize("example", [True, False])
def test_a_new_project_has_no_mistakes_and_knows_its_user(tillid, tmp_path, example) -> None:
    said = tillid("init", "shop", *(["--example"] if example else []), "--json")
    assert said.code == 0
    assert said.json["folder"] == "shop"
    assert all((tmp_path / "shop" / name).is_file() for name in said.json["files"])
    project, findings = load_project(tmp_path / "shop")
    assert findings == []
    assert project is not None
    assert project.users["ole"].may_use("linking")
    assert tillid("check", "--project", "shop").code == 0


def test_the_example_is_the_web_shop(tillid, tmp_path) -> None:
    tillid("init", "shop", "--example")
    project, _ = load_project(tmp_path / "shop")
    assert project is not None
    assert project.name == "nordlys"
    assert "orders" in project.sources


@pytest.mark.parametrize(
    ("folder", "name"), [("Købmand Nord 2", "kobmand_nord_2"), ("2024", "project_2024"), ("…", "project")]
)
def test_a_project_is_named_after_its_folder(tillid, tmp_path, folder, name) -> None:
    tillid("init", folder)
    project, findings = load_project(tmp_path / folder)
    assert (findings, project is not None and project.name) == ([], name)


@pytest.mark.parametrize("user", ["marie", "dpo", 'KONTOR\\"ole"', "åse lund"])
def test_any_name_of_a_user_can_stand_in_the_example(tillid, tmp_path, user) -> None:
    tillid("init", "shop", "--example", "--as", user)
    project, findings = load_project(tmp_path / "shop")
    assert findings == []
    assert project is not None
    assert [role.name for role in project.users[user].roles] == ["steward"]


def test_a_folder_with_something_in_it_is_left_alone(tillid, tmp_path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "letter.txt").write_text("mine")
    said = tillid("init", "shop", "--json")
    assert (said.code, said.error["kind"]) == (1, "FolderNotEmpty")
    assert [path.name for path in (tmp_path / "shop").iterdir()] == ["letter.txt"]


def test_a_file_is_no_folder(tillid, tmp_path) -> None:
    (tmp_path / "shop").write_text("mine")
    assert tillid("init", "shop").code == 1
    assert (tmp_path / "shop").read_text() == "mine"


def test_twice_is_refused(tillid, tmp_path) -> None:
    tillid("init", "shop")
    before = (tmp_path / "shop" / "tillid.yml").read_text()
    assert tillid("init", "shop").code == 1
    assert (tmp_path / "shop" / "tillid.yml").read_text() == before


@pytest.mark.parametrize("where", [(), (".",), ("--project", ".")])
def test_here_with_a_git_folder(tillid, tmp_path, where) -> None:
    (tmp_path / ".git").mkdir()
    said = tillid("init", *where)
    assert said.code == 0
    assert "  cd " not in said.out
    assert (tmp_path / "tillid.yml").is_file()


def test_what_is_about_people_stays_out_of_version_control(tillid, tmp_path) -> None:
    tillid("init", "shop")
    tillid("init", "example", "--example")
    assert {".tillid/", "out/", "data/"} <= set((tmp_path / "shop" / ".gitignore").read_text().split())
    # The example's people are made up, and its data belongs to it.
    assert "data/" not in (tmp_path / "example" / ".gitignore").read_text().split()


def test_the_new_files_say_what_can_be_written_there(tillid, tmp_path) -> None:
    tillid("init", "shop")
    text = (tmp_path / "shop" / "purposes.yml").read_text()
    # What stands there as a comment is right too, once it is no comment.
    opened = text.replace("  # newsletter", "  newsletter").replace("  #   ", "    ")
    assert "newsletter" in yaml.safe_load(opened)["purposes"]
    (tmp_path / "shop" / "purposes.yml").write_text(opened)
    assert load_project(tmp_path / "shop")[1] == []
