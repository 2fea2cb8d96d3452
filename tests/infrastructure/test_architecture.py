"""ARCHITECTURE.md: every module that it names is there, and its rows are those that make lint checks."""

import re
import tomllib

from tests.support.template import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text()
PACKAGE = ROOT / "layers" / "shared" / "trackback"
NAMED = sorted(set(re.findall(r"`([a-z]+(?:/[a-z_]+)+)(?:\.py)?`", TEXT)))


def rows() -> list[set[str]]:
    """Return the rooms of each row of the table."""
    return [
        set(re.findall("`([a-z_]+)`", row)) for row in re.findall(r"^\| \d \| ([^|]*) \|", TEXT, re.MULTILINE)
    ]


def test_it_names_modules() -> None:
    assert len(NAMED) > 20


def test_every_module_that_it_names_is_there() -> None:
    places = {name: [PACKAGE / f"{name}.py", PACKAGE / name, ROOT / name] for name in NAMED}
    assert [name for name in NAMED if not any(place.exists() for place in places[name])] == []


def test_its_rows_are_those_of_the_import_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = settings["contracts"]
    assert rows() == [set(layer.split(" | ")) for layer in contract["layers"]]


def test_every_room_and_module_of_the_package_is_in_a_row() -> None:
    inside = {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert inside - {"__init__"} == set().union(*rows())


def test_every_function_is_on_the_way() -> None:
    functions = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert functions == set(re.findall(r"\(functions/([a-z]+)/app\.py\)", TEXT))
