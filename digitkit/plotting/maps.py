"""Inside a network: kernels, feature maps, and maps overlaid on a digit."""

from collections.abc import Sequence

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, ListedColormap, Normalize

from digitkit.colours import FRAME, SIGNED_MAP
from digitkit.plotting.figure import Drawing, check_count, draw_numbers, draw_sheet, reach
from digitkit.words import by


def show_kernels(kernels: np.ndarray, titles: Sequence | None = None, columns: int = 8, shared: bool = True) -> Drawing:
    """Kernels as small maps: blue is negative, white is zero, red is positive. kernels: (n, rows, columns).

    shared: one range of colours for all, so that kernels can be compared; otherwise each has its own, to see its shape.

    >>> show_kernels(np.zeros((16, 3, 3)))
    Figure: 16 kernels of 3×3 numbers; blue is negative, white zero, red positive, up to ±0.00.
    """
    check_count(kernels, "kernel")
    rows = -(-len(kernels) // columns)
    size = by(kernels.shape[1:])
    scale = f"up to ±{np.abs(kernels).max():.2f}" if shared else "each on its own scale"
    text = f"{len(kernels)} kernels of {size} numbers; blue is negative, white zero, red positive, {scale}."
    figure = Drawing(text, 0.9 * columns + (0.8 if shared else 0), (0.9 if titles is None else 1.15) * rows)

    def colours(kernel):
        limit = reach(kernels if shared else kernel)
        return {"cmap": SIGNED_MAP, "vmin": -limit, "vmax": limit}

    grid, shown = draw_sheet(figure, kernels, columns, colours, titles)
    figure.get_layout_engine().set(wspace=0.1, hspace=0.1)  # type: ignore[union-attr, call-arg]
    if shared:
        figure.colorbar(shown, ax=grid, shrink=0.8)
    return figure


def show_feature_maps(feature_maps: list, titles: Sequence, kernels: list | None = None) -> Drawing:
    """Feature maps side by side, the kernel of each above it: blue is negative, white zero, red positive.

    Each map has its own range of colours. feature_maps, kernels: lists of (h, w).

    >>> show_feature_maps([np.zeros((26, 26))], ["edge"])
    Figure: Feature maps, blue negative, white zero, red positive: edge from 0.0 to 0.0.
    """
    check_count(feature_maps, "feature map")
    named = zip(titles, feature_maps, strict=True)
    spans = [f"{title} from {np.min(numbers):.1f} to {np.max(numbers):.1f}" for title, numbers in named]
    text = f"Feature maps, blue negative, white zero, red positive: {', '.join(spans)}."
    rows = 1 if kernels is None else 2
    figure = Drawing(text, 1.5 * len(feature_maps), 1.55 * rows + 0.25)
    grid = figure.subplots(rows, len(feature_maps), squeeze=False)
    for axes, numbers in zip(grid[-1], feature_maps, strict=True):
        axes.imshow(numbers, cmap=SIGNED_MAP, vmin=-reach(numbers), vmax=reach(numbers))
        axes.set(xticks=[], yticks=[])
    if kernels is not None:
        for axes, kernel in zip(grid[0], kernels, strict=True):
            draw_numbers(axes, kernel, fontsize=9, signed=True)
    for axes, title in zip(grid[0], titles, strict=True):
        axes.set_title(title, fontsize=10)
    return figure


def show_activations(maps: np.ndarray, titles: Sequence | None = None, shared: bool = True, columns: int = 8) -> Drawing:
    """Feature maps after ReLU: black is zero, the brighter the stronger. maps: (n, rows, columns), nothing negative.

    shared: one range of colours for all, so that maps can be compared; otherwise each map has its own.

    >>> show_activations(np.zeros((16, 26, 26)))
    Figure: 16 feature maps of 26×26; black is zero, bright is strong, all on one scale.
    """
    check_count(maps, "feature map")
    top = float(np.max(maps)) or 1
    rows = -(-len(maps) // columns)
    size = by(maps[0].shape)
    scale = "all on one scale" if shared else "each on its own scale"
    text = f"{len(maps)} feature maps of {size}; black is zero, bright is strong, {scale}."
    figure = Drawing(text, 0.95 * columns + (0.8 if shared else 0), (0.95 if titles is None else 1.2) * rows)

    def colours(values):
        return {"cmap": "inferno", "vmin": 0, "vmax": top if shared else float(values.max()) or 1}

    grid, shown = draw_sheet(figure, maps, columns, colours, titles)
    if shared:
        figure.colorbar(shown, ax=grid, shrink=0.8).set_label("strength", labelpad=8)
    return figure


def show_heat(images: list, maps: list, titles: Sequence, label: str, limits: tuple | None = None) -> Drawing:
    """Digits in grey on black, a map over each: clear is low, orange is high. images: list of (28, 28); maps: list of (28, 28).

    limits: (low, high) for the colours of all maps, with a colour bar; without it each map goes from 0 to its own maximum.
    label: what the colours mean.

    >>> show_heat([np.zeros((28, 28))], [np.ones((28, 28))], ["a 4"], "heat")
    Figure: Digits with a map over each, orange where it is high: a 4 (heat).
    """
    check_count(images, "digit")
    figure = Drawing(
        f"Digits with a map over each, orange where it is high: {', '.join(map(str, titles))} ({label}).",
        1.75 * len(images) + (1.2 if limits else 0),
        2.1,
    )
    row_of_axes = figure.subplots(1, len(images), squeeze=False)[0]
    for axes, image, heat, title in zip(row_of_axes, images, maps, titles, strict=True):
        low, high = limits or (0, float(np.max(heat)) or 1)
        axes.imshow(image, cmap="gray", vmin=0, vmax=600)  # no brighter than a middle grey, so that orange stands out
        axes.imshow(heat, cmap=ListedColormap([FRAME]), alpha=np.clip((heat - low) / (high - low), 0, 0.85))
        axes.set_title(title, fontsize=10)
        axes.axis("off")
    if limits:
        colours = ScalarMappable(Normalize(*limits), LinearSegmentedColormap.from_list("heat", ["black", FRAME]))
        figure.colorbar(colours, ax=row_of_axes, shrink=0.85).set_label(label, labelpad=8)
    return figure
