"""The page that a network goes home in: what stands in the file. What it does, a browser tests: test_exported_page.py."""

import base64
import hashlib
import json
import re

import numpy as np
import pytest

import digitkit
from digitkit.__main__ import main
from digitkit.files import FolderError
from digitkit.network import SHIPPED, Network, NetworkError
from digitkit.page import STATIC, assembled, described
from digitkit.page.exporting import PAGE, READER

IMPORT = re.compile(r'^import \{ (.+) \} from "\./(\w+)\.js";$', re.MULTILINE)
NAME = re.compile(r"^(?:export )?(?:async )?(?:function|const|let) (\w+)", re.MULTILINE)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "reader.html"
    digitkit.export_page(None, path)
    return path.read_text(encoding="utf-8")


def kit_of(page):
    """The constants, sentences and layers that Python wrote into a page."""
    return json.loads(re.search(r"^const kit = (.+);$", page, re.MULTILINE)[1])


def test_the_page_is_small_and_asks_for_nothing(page):
    assert len(page.encode()) < 1_500_000
    assert "://" not in page
    assert not re.search(
        r"\b(?:fetch|XMLHttpRequest|WebSocket|importScripts|localStorage|sessionStorage|indexedDB|cookie)\b", page
    )


def test_only_its_own_scripts_may_run(page):
    policy = dict(part.split(" ", 1) for part in re.search(r'Content-Security-Policy" content="(.+)"', page)[1].split("; "))
    scripts = re.findall(r'<script(?: id="reader")?>(.+?)</script>', page, re.DOTALL)
    styles = re.findall(r"<style>(.+?)</style>", page, re.DOTALL)
    assert len(scripts) == 2
    for name, texts in {"script-src": scripts, "style-src": styles}.items():
        hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
        assert policy[name].split() == [f"'sha256-{text}'" for text in hashes]
    assert policy["default-src"] == "'none'"


def test_it_says_where_the_network_comes_from(page):
    assert "MNIST training images 1 to 55,000" in kit_of(page)["about"]
    assert "MIT licence" in page
    assert "CC BY-SA 3.0" in page


def test_a_title_is_text_whatever_is_in_it(tmp_path):
    title = "</script><b>Zoë’s</b> “reader”"
    digitkit.export_page(None, tmp_path / "reader.html", title=title)
    text = (tmp_path / "reader.html").read_text(encoding="utf-8")
    assert kit_of(text)["title"] == title
    assert text.count("</script>") == 3


def test_weights_are_halved_only_if_nothing_is_lost(tmp_path, page):
    assert kit_of(page)["network"]["bits"] == 16
    layers = [("Flatten", {}), ("Dense", {"kernel": np.full((784, 10), 0.1, np.float32), "bias": np.zeros(10, np.float32)})]
    digitkit.export_page(Network(layers), tmp_path / "reader.html")
    assert kit_of((tmp_path / "reader.html").read_text(encoding="utf-8"))["network"]["bits"] == 32


def test_each_layer_is_told_in_words_with_its_parameters_and_what_feeds_it():
    told = described(digitkit.load_network())
    digit, first, *_, last = told.words
    assert (digit["title"], digit["shape"]) == ("Input", "28×28, 1 map")
    assert first["does"].endswith("624 parameters = 24 kernels × (5·5 numbers + 1 bias).")
    assert first["rows"][3] == [3, 8]
    assert last["rows"][10] == [0, 28]
    assert len(told.words) == len(told.header["layers"]) + 1


def test_a_network_without_weights_can_be_described():
    told = described(Network([("GlobalAveragePooling2D", {})]))
    assert told.weights == b""
    assert json.loads(json.dumps(told.header))["layers"] == [["GlobalAveragePooling2D", {}]]


def test_what_cannot_be_used_is_said_and_leaves_no_file(tmp_path):
    with pytest.raises(FolderError, match="is a folder"):
        digitkit.export_page(None, tmp_path)
    with pytest.raises(FolderError, match="There is no folder"):
        digitkit.export_page(None, tmp_path / "nowhere" / "reader.html")
    with pytest.raises(NetworkError, match="There is no weights file"):
        digitkit.export_page(tmp_path / "none.npz", tmp_path / "reader.html")
    twelve = {"kernel": np.zeros((784, 12), np.float32), "bias": np.zeros(12, np.float32)}
    with pytest.raises(NetworkError, match="this network has 12 outputs"):
        digitkit.export_page(Network([("Flatten", {}), ("Dense", twelve)]), tmp_path / "reader.html")
    with pytest.raises(NetworkError, match="Only a Network"):
        digitkit.export_page(Network([]), tmp_path / "reader.html")
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_a_page_and_replaces_none_unasked(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["page", "--title", "Class 9b"]) == 0
    assert capsys.readouterr().out.startswith("The page is my_reader.html.")
    page = tmp_path / "my_reader.html"
    assert kit_of(page.read_text(encoding="utf-8"))["title"] == "Class 9b"
    page.write_text("mine")
    assert main(["page"]) == 1
    assert capsys.readouterr().err == "my_reader.html is there already: name another file with --out, or add --overwrite.\n"
    assert page.read_text() == "mine"
    assert main(["page", "--overwrite", "--network", str(SHIPPED)]) == 0
    assert kit_of(page.read_text(encoding="utf-8"))["title"] == "My digit reader"
    assert main(["page", "--network", "none.npz", "--out", "other.html"]) == 1
    assert "There is no weights file none.npz" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["my_reader.html"]


def test_each_module_stands_after_those_that_it_imports_from():
    """They are joined to one script, so a name means the same in all of them, and an import is only a promise."""
    known = {"kit": "kit"}
    for module in READER + PAGE:
        text = (STATIC / f"{module}.js").read_text(encoding="utf-8")
        for names, source in IMPORT.findall(text):
            for name in names.split(", "):
                assert known.get(name) == source, f"{module} imports {name}"
        for name in NAME.findall(text):
            assert name not in known, f"{name} is in {module} and in {known[name]}"
            known[name] = module
    assert {path.stem for path in STATIC.glob("*.js")} == {*READER, *PAGE}


def test_what_is_assembled_has_no_imports_left():
    script = assembled(*(STATIC / f"{name}.js" for name in READER + PAGE))
    assert not re.search(r"^(?:import|export)\b", script, re.MULTILINE)
    assert "function makeSheet" in script
