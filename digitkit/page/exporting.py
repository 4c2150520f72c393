"""A network -> one HTML file."""

import base64
import hashlib
from pathlib import Path
from string import Template

from digitkit.files import check_writable, replacing
from digitkit.network import Network, NetworkError
from digitkit.page.assembling import SHARED_STYLES, STATIC, assembled
from digitkit.page.describing import as_script, constants, described
from digitkit.reading import as_network

READER = ["numbers", "raster", "mnist_form", "order", "pieces", "seams", "network", "reading", "weights", "worker"]
PAGE = ["sheet", "words", "grids", "arithmetic", "live_layers", "result", "page"]


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
    told = described(network)
    kit = {**constants(), "layers": told.words, "network": told.header, "title": title, "about": _about(network)}
    weights = base64.b64encode(told.weights).decode("ascii")
    reader = f'"use strict";\n{as_script(kit)}\n{assembled(*(STATIC / f"{name}.js" for name in READER))}'
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
    outputs = network.outputs
    if outputs not in (10, 11):
        raise NetworkError(f"The page shows the ten digits, and perhaps “no digit”, but this network has {outputs} outputs.")


def _hash(text):
    """How a content security policy names a script or a style sheet that it allows."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _about(network):
    """How the network was trained, as far as it knows."""
    about = network.about
    on = f" on {about['trained on']}" if "trained on" in about else ""
    times = f", {about['epochs']} times" if "epochs" in about else ""
    return f"This network was trained with digitkit{on}{times}."
