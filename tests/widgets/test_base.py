"""One style sheet defines the colours of all widgets, and they are those of the figures."""

import re

from digitkit import colours, page
from digitkit.page import SHARED_STYLES
from digitkit.widgets.base import STATIC, Frame

COLOURS = SHARED_STYLES[0]
SHEETS = [*page.STATIC.glob("*.css"), *STATIC.glob("*.css")]


def test_the_style_sheets_have_the_colours_of_the_figures():
    defined = dict(re.findall(r"--dk-(\w+): (#[0-9a-f]{6});", COLOURS.read_text(encoding="utf-8")))
    for name, colour in {"blue": colours.BLUE, "orange": colours.ORANGE, "grey": colours.GREY, "frame": colours.FRAME}.items():
        assert defined[name] == colour, name


def test_no_other_style_sheet_defines_or_repeats_a_colour_of_the_kit():
    first = COLOURS.read_text(encoding="utf-8")
    shared = set(re.findall(r"#[0-9a-f]{6}", first))
    for sheet in SHEETS:
        if sheet != COLOURS:
            text = sheet.read_text(encoding="utf-8")
            assert not re.search(r"--dk-\w+:", text), sheet.name
            assert not shared & set(re.findall(r"#[0-9a-f]{6}", text)), sheet.name
            used = set(re.findall(r"var\((--dk-\w+)\)", text))
            assert used <= set(re.findall(r"(--dk-\w+):", first)), sheet.name


def test_every_page_gets_all_style_sheets_the_colours_first():
    rules = str(Frame._css)
    assert rules.startswith(COLOURS.read_text(encoding="utf-8"))
    for sheet in [*SHARED_STYLES, *STATIC.glob("*.css")]:
        assert sheet.read_text(encoding="utf-8") in rules, sheet.name


def test_every_class_that_a_style_sheet_names_is_used():
    """A rule for what is no longer there would stay for ever."""
    room = STATIC.parent
    scripts = [*STATIC.glob("*.js"), *page.STATIC.glob("*.js"), page.STATIC / "page.html"]
    sources = [path.read_text(encoding="utf-8") for path in [*room.rglob("*.py"), *scripts]]
    used = set(re.findall(r"digitkit-[\w-]+", "\n".join(sources)))
    composed = [
        r'box\(\s*"(\w+)"',
        r'"(right|none|many|some|few)"',
        r'"(wrong|doubtful|out|this)":',
    ]  # names that the code puts together
    for pattern in composed:
        used |= {f"digitkit-{name}" for name in re.findall(pattern, "\n".join(sources))}
    for sheet in SHEETS:
        named = set(re.findall(r"\.(digitkit-[\w-]+)", sheet.read_text(encoding="utf-8")))
        assert named <= used, sheet.name
