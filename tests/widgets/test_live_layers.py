"""The layers at work, as Python gives them to the browser; what is painted there, a browser tests: test_explorers_page.py."""

import re

import numpy as np
import pytest
import traitlets

from digitkit import page
from digitkit.network import Network, load_network
from digitkit.widgets.base import STATIC
from digitkit.widgets.live_layers import MODULES, LiveLayers

IMPORTED = re.compile(r'^import \{ (.+) \} from "(.+)/(\w+)\.js";$', re.MULTILINE)
NAME = re.compile(r"^(?:export )?(?:async )?(?:function|const|let) (\w+)", re.MULTILINE)


@pytest.fixture
def own():
    weights = {"kernel": np.full((784, 10), 0.1, np.float32), "bias": np.arange(10, dtype=np.float32)}
    return Network([("Flatten", {}), ("Dense", weights)])


def test_networks_are_sent_once_somebody_looks(own):
    layers = LiveLayers({"Shipped network": load_network(), "mine": own})
    assert layers.networks == []
    layers.set_state({"asked": True})
    first, second = layers.networks
    assert (first["name"], second["name"]) == ("Shipped network", "mine")
    assert [len(each["words"]) for each in layers.networks] == [15, 3]
    assert second["header"]["layers"][1] == [
        "Dense",
        {"kernel": {"start": 0, "shape": [784, 10]}, "bias": {"start": 7840, "shape": [10]}},
    ]
    assert np.array_equal(np.frombuffer(second["weights"], "<f4")[7840:], np.arange(10))


def test_a_digit_is_784_bytes_or_none_at_all(own):
    layers = LiveLayers({"mine": own})
    assert layers.image == b""
    layers.image = np.eye(28, dtype=np.uint8).tobytes()
    with pytest.raises(traitlets.TraitError, match="A digit has 784 bytes, 28 rows of 28, not 100"):
        layers.image = bytes(100)
    assert len(layers.image) == 784


def test_its_modules_are_joined_in_order_and_no_name_is_used_twice():
    known = {"kit": "kit"}
    for path in [*(page.STATIC / f"{name}.js" for name in MODULES), STATIC / "following.js"]:
        text = path.read_text(encoding="utf-8")
        for names, _, source in IMPORTED.findall(text):
            for name in names.split(", "):
                assert known.get(name) == source, f"{path.name} imports {name}"
        for name in NAME.findall(text):
            assert name not in known, f"{name} is in {path.name} and in {known[name]}"
            known[name] = path.stem
    script = str(LiveLayers._esm)
    assert script.startswith("const kit = {")
    assert not re.search(r"^import\b", script, re.MULTILINE)
