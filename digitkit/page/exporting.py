"""A network -> one HTML file."""

import base64
import hashlib
import json
from pathlib import Path
from string import Template

import numpy as np

from digitkit.colours import NEGATIVE, POSITIVE, SIGNED_WORDS, ZERO
from digitkit.explain import layer_by_layer, layer_words
from digitkit.files import check_writable, replacing
from digitkit.network import Network, NetworkError
from digitkit.page.assembling import SHARED_STYLES, STATIC, assembled
from digitkit.preprocessing import candidates, ink, mnist_form
from digitkit.reading import GUESS, SAYS, SURE, as_network, search
from digitkit.reading.sentences import KINDS
from digitkit.words import STEPS

READER = ["numbers", "raster", "mnist_form", "order", "pieces", "seams", "network", "reading", "weights", "worker"]
PAGE = ["sheet", "words", "grids", "arithmetic", "live_layers", "result", "page"]
DRAWN_INK = 238  # of 255: how much light the ink of the drawing sheet absorbs (#111 in sheet.js)


def export_page(network: object, path: str | Path, title: str = "My digit reader") -> None:
    """Write a network as one HTML file that reads what is drawn on it, on any computer or phone, without the internet.

    network: a Network with ten or eleven outputs, the path of a saved one, or None for the shipped one. path: the file to write;
    one that is there is replaced once the new one is complete. title: the heading of the page.
    Raises NetworkError if the network cannot be used, FolderError if the file cannot be written.

        digitkit.export_page(network, "my_reader.html")

    """
    check_writable(path)
    text = page_of(as_network(network), title)
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8", newline="\n")


def page_of(network: Network, title: str) -> str:
    """The whole page as text. Its content security policy lets it run its own two scripts, and fetch nothing.

    >>> from digitkit.network import shipped_network
    >>> page_of(shipped_network(), "My digit reader").startswith("<!doctype html>")
    True
    """
    _check(network)
    header, weights = _packed(network)
    kit = {**_constants(), "layers": _in_words(network), "network": header, "title": title, "about": _about(network)}
    # A title may hold "</script>", which would end the script.
    written = json.dumps(kit, ensure_ascii=False, separators=(",", ":"), default=float).replace("<", "\\u003c")
    reader = f'"use strict";\nconst kit = {written};\n\n{assembled(*(STATIC / f"{name}.js" for name in READER))}'
    page = f'"use strict";\n{assembled(*(STATIC / f"{name}.js" for name in PAGE))}'
    styles = "\n".join(sheet.read_text(encoding="utf-8") for sheet in [*SHARED_STYLES, STATIC / "page.css"])
    policy = (
        f"default-src 'none'; script-src {_hash(reader)} {_hash(page)}; style-src {_hash(styles)}; "
        "img-src data:; worker-src blob:; base-uri 'none'; form-action 'none'"
    )
    template = Template((STATIC / "page.html").read_text(encoding="utf-8"))
    return template.substitute(policy=policy, styles=styles, weights=weights, reader=reader, page=page)


def _check(network):
    if not isinstance(network, Network) or not network.layers:
        raise NetworkError("Only a Network can be put into a page: export a Keras model with digitkit.to_network(model).")
    outputs = network.logits(np.zeros((1, 28, 28), np.uint8)).shape[1]
    if outputs not in (10, 11):
        raise NetworkError(f"The page shows the ten digits, and perhaps “no digit”, but this network has {outputs} outputs.")


def _hash(text):
    """How a content security policy names a script or a style sheet that it allows."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _packed(network):
    """The layers with their settings, in which weights are named by where they start; and all weights as text (base64).

    16 bits are enough where they say the same as 32, as for the shipped network.
    """
    arrays = [value for _, settings in network.layers for value in settings.values() if isinstance(value, np.ndarray)]
    with np.errstate(over="ignore"):
        short = all(np.array_equal(array, array.astype(np.float16).astype(np.float32)) for array in arrays)
    layers, start = [], 0
    for name, settings in network.layers:
        plain = {}
        for key, value in settings.items():
            plain[key] = value
            if isinstance(value, np.ndarray):
                plain[key] = {"start": start, "shape": value.shape}
                start += value.size
        layers.append([name, plain])
    numbers = np.concatenate([array.ravel() for array in arrays]).astype("<f2" if short else "<f4")
    header = {"layers": layers, "temperature": network.temperature, "bits": 16 if short else 32}
    return header, base64.b64encode(numbers.tobytes()).decode("ascii")


def _constants():
    """What the steps of the page need to be those of `digitkit.read`, by the names that `static/kit.d.ts` lists."""
    _, least_ink, _ = ink.hysteresis(np.zeros((1, 1), np.float32), DRAWN_INK, ink.grain_floor(np.zeros((1, 1), np.float32)))
    return {
        "box": mnist_form.BOX,
        "scale": mnist_form.FINER,
        "stroke": mnist_form.STROKE,
        "middle": mnist_form.MIDDLE,
        "smallestDigit": candidates.SMALLEST_DIGIT,
        "smallestPicture": ink.SMALLEST_SIZE,
        "leastInk": float(least_ink),
        "mostCuts": candidates.MOST_CUTS,
        "widestDigit": candidates.WIDEST_DIGIT,
        "sure": SURE,
        "guess": GUESS,
        "split": search.SPLIT,
        "longestRow": search.LONGEST_ROW,
        "eachPart": search.EACH_PART,
        "eachPartAlone": search.EACH_PART_ALONE,
        "cutCost": search.CUT,
        "says": SAYS,
        "kinds": KINDS,
        "steps": STEPS,
        "colours": {"negative": NEGATIVE.tolist(), "zero": ZERO.tolist(), "positive": POSITIVE.tolist()},
        "colourWords": SIGNED_WORDS,
    }


def _in_words(network):
    """Each layer in words, the digit itself first, and which rows and columns of the digit feed its values."""
    views = layer_by_layer(network, np.zeros((28, 28), np.uint8))
    told = []
    for before, view in zip([views[0], *views], views, strict=False):
        rows, columns = (None, None) if view.seen is None else (axis.tolist() for axis in view.seen)
        words = {
            "title": layer_words.title(view),
            "shape": layer_words.shape(view.values),
            "does": layer_words.does(view, before.values.size),
        }
        told.append({**words, "rows": rows, "columns": columns})
    return told


def _about(network):
    """How the network was trained, as far as it knows."""
    about = network.about
    on = f" on {about['trained on']}" if "trained on" in about else ""
    times = f", {about['epochs']} times" if "epochs" in about else ""
    return f"This network was trained with digitkit{on}{times}."
