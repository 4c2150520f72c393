"""The package's layout: which room may import which, where Keras, widgets and HTML are named, and how long a module may be."""

import ast
import inspect
import re
from pathlib import Path

import nbformat
import pytest

import digitkit

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "digitkit"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)

# Each room and what it may import besides itself. The arrows point one way: a room imports only rooms that stand above it.
BASICS = {"words", "colours", "files"}
ERRORS = {"errors"}  # which every room below it may raise
MAY_IMPORT = {
    "words": set(),
    "errors": {"words"},
    "colours": set(),
    "files": set(),
    "outputs": set(),
    "data": {"files"},
    "network": {"files"},
    "metrics": {"data", "network"},
    "preprocessing": {"network"},
    "simulate": {"data", "preprocessing"},
    "reading": {"network", "preprocessing", "words"},
    "handwriting": {*BASICS, "data", "preprocessing", "reading", "simulate"},
    "conversion": {"words", "files", "data", "network"},
    "explain": {"words", "files", "data", "network", "conversion"},
    "model": {"words", "files", "data", "network", "preprocessing", "simulate", "conversion", "explain"},
    "page": {*BASICS, "network", "preprocessing", "reading", "explain"},
    "plotting": {"words", "colours"},
    "exercises": {"words"},
    "lessons": {"words", "files"},
    "handed_in": {"words", "files", "exercises", "lessons"},
    "widgets": {*BASICS, "data", "network", "metrics", "preprocessing", "simulate", "reading", "handwriting", "conversion"}
    | {"explain", "model", "page", "plotting"},
    "doctor": {"files", "data", "network", "preprocessing", "reading", "explain"},
    "serving": {"files", "doctor", "widgets"},
    "cli_sheets": {*BASICS, "network", "preprocessing", "handwriting"},
    "cli_work": {*BASICS, "handed_in", "widgets"},
    "cli": {*BASICS, "outputs", "data", "network", "preprocessing", "reading", "model", "page", "widgets", "doctor"}
    | {"serving", "cli_sheets", "cli_work", "lessons"},
    "__main__": {"cli"},
}
KERAS = {"keras", "tensorflow"}
WIDGETS = {"ipywidgets", "anywidget", "traitlets"}
TAG = re.compile(r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>")


def room(path):
    """The room that a module belongs to: its folder in the package, or its own name."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(source):
    """Everything that a module imports, anywhere in it: full names, such as "digitkit.network"."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports name the package, so that the room is visible"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def rooms_imported(source):
    """The rooms of the kit that a module imports."""
    return {name.split(".")[1] for name in imported(source) if name.startswith("digitkit.")}


def forbidden(name, source):
    """The rooms that a module of the room `name` imports but must not."""
    return rooms_imported(source) - MAY_IMPORT[name] - {name} - (ERRORS if name != "words" else set())


def texts(source):
    """The strings of a module that are not docstrings."""
    tree = ast.parse(source)
    owners = (node for node in ast.walk(tree) if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)))
    docstrings = {id(node.body[0].value) for node in owners if node.body and isinstance(node.body[0], ast.Expr)}
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node.value for node in strings if id(node) not in docstrings]


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(PACKAGE)))


def test_the_arrows_between_rooms_point_one_way():
    rooms = list(MAY_IMPORT)
    for name, others in MAY_IMPORT.items():
        assert others <= set(rooms[: rooms.index(name)]), name


@each([path for path in MODULES if path.parent != PACKAGE or path.name != "__init__.py"])
def test_a_module_imports_only_what_its_room_may(path):
    assert not forbidden(room(path), path.read_text(encoding="utf-8"))


def test_a_wrong_import_is_noticed():
    assert forbidden("plotting", "def show():\n    from digitkit.reading import read") == {"reading"}
    assert forbidden("network", "from digitkit import explain, files") == {"explain"}
    assert forbidden("widgets", "from digitkit.words import by\nimport digitkit.model") == set()


@each(MODULES)
def test_keras_and_widgets_are_named_only_where_they_live(path):
    packages = {name.split(".")[0] for name in imported(path.read_text(encoding="utf-8"))}
    assert not packages & KERAS or room(path) in {"model", "conversion"}
    assert not packages & WIDGETS or (room(path) == "widgets" and "views" not in path.parts)


@each(MODULES)
def test_html_is_made_by_element_alone(path):
    source = path.read_text(encoding="utf-8")
    assert not [text for text in texts(source) if TAG.search(text)]
    assert "html.escape" not in source or path.name == "element.py"


def test_a_tag_in_a_text_is_noticed():
    assert TAG.search(texts('def f():\n    """Makes a <p>."""\n    return f"<p>{1}</p>"')[0])
    assert not [text for text in texts('def f():\n    """Makes a <p>."""\n    return "3 < 4 and 5 > 4"') if TAG.search(text)]


@each(MODULES)
def test_modules_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_most_modules_are_under_200_lines():
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES)
    assert lengths[int(0.9 * len(lengths))] < 200


# ── The public face ─────────────────────────────────────────────────────────────────────────────────────────────────


def used_by_people():
    """The code that people see or run: the lessons, the README, the command line, the web page."""
    notebooks = [*(ROOT / "notebooks").rglob("*.ipynb"), PACKAGE / "app.ipynb"]
    cells = [cell.source for path in notebooks for cell in nbformat.read(path, as_version=4).cells]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return "\n".join([*cells, readme, (PACKAGE / "cli.py").read_text(encoding="utf-8")])


def test_each_public_name_is_there_and_used():
    assert len(digitkit.__all__) <= 35
    people = used_by_people()
    for name in digitkit.__all__:
        assert getattr(digitkit, name) is not None
        assert re.search(rf"\bdigitkit\.{name}\b", people), f"nobody uses digitkit.{name}"


def test_type_checkers_see_the_same_public_face():
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    told = {alias.asname: node.module for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert told.pop("exercises") == "digitkit"
    assert told == {name: f"digitkit.{home}" for home, names in digitkit._NAMES_IN.items() for name in names}


@pytest.mark.parametrize("name", [name for name in digitkit.__all__ if name[0].islower() and name != "exercises"])
def test_public_functions_say_their_types(name):
    function = getattr(digitkit, name)
    assert set(function.__annotations__) == {*inspect.signature(function).parameters, "return"}
    assert function.__doc__


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="digitkit has no 'reed'"):
        digitkit.reed  # noqa: B018
