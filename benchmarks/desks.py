"""Two lists of desks for photos of a sheet on a desk: one to tune on, one to report on. Neither is changed after looking."""

from digitkit.simulate.desks import Desk

TUNE = {
    "oak": Desk((176, 132, 84), "wood", 9),
    "dark oak": Desk((92, 62, 40), "wood", 8),
    "black": Desk((34, 34, 38)),
    "grey": Desk((128, 130, 134)),
    "blue cloth": Desk((52, 74, 124), "cloth", 7),
    "checked cloth": Desk((196, 60, 58), "cloth", 6, "checks", (226, 214, 204)),
    "slate": Desk((84, 90, 96), "stone", 12),
    "light grey": Desk((176, 176, 172)),
}
REPORT = {
    "beech": Desk((198, 158, 112), "wood", 10),
    "walnut": Desk((78, 52, 38), "wood", 11),
    "teak": Desk((140, 92, 52), "wood", 14),
    "green board": Desk((44, 92, 70)),
    "white plastic": Desk((190, 192, 196), "plain", 3),
    "striped cloth": Desk((208, 196, 170), "cloth", 6, "stripes", (70, 96, 128)),
    "dotted cloth": Desk((46, 50, 84), "cloth", 6, "dots", (220, 220, 226)),
    "granite": Desk((118, 112, 110), "stone", 22),
    "red cloth": Desk((138, 34, 40), "cloth", 9),
    "brown paper": Desk((166, 136, 100), "plain", 9),
}
