"""What the browser is told: the kit's constants, and a network with its weights and its layers in words."""

import json
from dataclasses import dataclass, field

import numpy as np

from digitkit.colours import NEGATIVE, POSITIVE, SIGNED_WORDS, ZERO
from digitkit.explain import layer_by_layer, layer_words
from digitkit.network import Network
from digitkit.preprocessing import candidates, ink, mnist_form
from digitkit.reading import GUESS, SAYS, SURE, search
from digitkit.reading.sentences import KINDS
from digitkit.words import STEPS

DRAWN_INK = 238  # of 255: how much light the ink of the drawing sheet absorbs (#111 in sheet.js)


@dataclass(frozen=True)
class Described:
    """A network as the browser gets it; `static/kit.d.ts` says what is in header and words.

    header: its layers with their settings, in which weights are named by where they start. words: each layer in words, the
    digit itself first. weights: all of them, one after the other.
    """

    header: dict = field(repr=False)
    words: list[dict] = field(repr=False)
    weights: bytes = field(repr=False)


def described(network: Network) -> Described:
    """A network as header, words and weights, all of it plain enough for JSON but the weights.

    Raises ExplainError if its numbers are no numbers (NaN).

    >>> from digitkit.network import shipped_network
    >>> described(shipped_network()).words[1]["title"]
    'Conv2D 5×5'
    """
    header, weights = _packed(network)
    return Described(json.loads(json.dumps(header, default=float)), _in_words(network), weights)


def as_script(kit: dict) -> str:
    """What Python tells the modules in `static/`, as the line that stands before them.

    >>> as_script({"title": "</script>"})
    'const kit = {"title":"\\\\u003c/script>"};\\n'
    """
    # A title may hold "</script>", which would end the script.
    written = json.dumps(kit, ensure_ascii=False, separators=(",", ":"), default=float).replace("<", "\\u003c")
    return f"const kit = {written};\n"


def constants() -> dict:
    """What the browser needs for the steps, sentences and colours of the kit, by the names that `static/kit.d.ts` lists.

    >>> constants()["box"]
    20
    """
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
        "bar": search.BAR,
        "eachPart": search.EACH_PART,
        "eachPartAlone": search.EACH_PART_ALONE,
        "cutCost": search.CUT,
        "says": SAYS,
        "kinds": KINDS,
        "steps": STEPS,
        "colours": {"negative": NEGATIVE.tolist(), "zero": ZERO.tolist(), "positive": POSITIVE.tolist()},
        "colourWords": SIGNED_WORDS,
    }


def _packed(network):
    """The header, and all weights as bytes: 16 bits each where they say the same as 32, as for the shipped network."""
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
    numbers = np.concatenate([np.zeros(0, np.float32), *(array.ravel() for array in arrays)])  # there may be no weights at all
    header = {"layers": layers, "temperature": network.temperature, "bits": 16 if short else 32}
    return header, numbers.astype("<f2" if short else "<f4").tobytes()


def _in_words(network):
    """Each layer in words, the digit itself first, and which rows and columns of the digit feed its values."""
    views = layer_by_layer(network, np.zeros((28, 28), np.uint8))
    told = []
    for before, view in zip([views[0], *views], views, strict=False):
        rows, columns = (None, None) if view.seen is None else (axis.tolist() for axis in view.seen)
        counted = f" {''.join(layer_words.parameters_counted(view))}" if view.parameters else ""
        words = {
            "title": layer_words.title(view),
            "shape": layer_words.shape(view.values),
            "does": layer_words.does(view, before.values.size) + counted,
        }
        told.append({**words, "rows": rows, "columns": columns})
    return told
