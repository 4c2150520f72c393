"""Characters that are not digits: letters and ornaments out of the fonts that come with Matplotlib, invented ones, frames.

Greek, Cyrillic, Arabic, Indian characters and the signs of typewriters are left out on purpose: `benchmarks/no_digits.py`
measures whether a network refuses what it has never met. What any reader could take for a digit is left out as well: see
LIKE_DIGITS there.
"""

from functools import cache
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw, ImageFont

from digitkit.simulate.glyphs import draw_glyph, leaning

FONTS = [
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSerif",
    "DejaVuSerif-Italic",
    "STIXGeneral",
    "STIXGeneralItalic",
]
ALPHABETS = {
    "Latin": "ACEFHKLMNPRTUVWXYacefhkmnprtuvwxÄÖÜÅÆÇÉÑäöüæçèêëãþ",
    "Hebrew": "אבהחטכלמנפצקשתץ",
    "Armenian": "ԱԲԴԷԸԺԻԼԽՃՄՌՍՐՖաբեթժխհղմնոպռստրք",
    "Tifinagh": "ⴳⴵⴶⴷⴹⴻⴼⴽⵃⵅⵇⵊⵋⵌⵎⵓⵖⵛⵜⵞⵟⵡⵢⵣⵥⵯ",
    "Georgian": "დთლორჟტფქღშცძწჭხჯ",
    "Lao and syllabics": "ກຄຍດຕຖທນປຜຝພຟມຢຫᐁᐃᐊᐯᐸᑌᑎᑕᑭᒪᓇᕙᕦ",
    "ornaments": "☀☁☂★☆☎☏☐☑☒☕☘☠☢☤☮☯☸☹☺♔♕♖♗♘♙♚♛♜♝♞♟♠♡♢♣♤♥♦♨✂✈✉✌✍✎✓✗✙✚✝✡✣✦✪✰✶✻✽✿❀❁❂❄❉❖❤❦❧➔➤",
    "script and Fraktur": "𝒜𝒞𝒦𝒩𝒫𝒯𝒰𝒱𝒲𝒳𝒶𝒸𝒻𝒽𝓀𝓂𝓃𝓅𝓇𝓉𝓊𝓋𝓌𝓍𝔄𝔈𝔉𝔎𝔏𝔐𝔑𝔓𝔗𝔘𝔛𝔞𝔠𝔢𝔣𝔥𝔨𝔪𝔫𝔭𝔯𝔱𝔲𝔳𝔴𝔵",
    "N'Ko and Lisu": "߃߅ߌߎߐߓߔߘߚߜߝߠꓕꓘꓞꓯꓵ",
    "phonetic": "ɐɕɖɦɧɬɮɯɰɱɲɳɴɶʀʁʄʉʊʍʘʞʣʥʦʧʨʩʪʫ",
    "faces": "😀😂😆😈😍😎😐😕😢😭😱😷😸😼",
    "arrows": "←↑→↓↔↕↖↗↘↙↩↪↫↬⇄⇆⇐⇑⇒⇓⇔⇕⇦⇧⇨⇩",
    "shapes": "■□▣▤▥▦▧▨▩▬▭▰▱▲△▶▷▼▽◀◁◆◇◈◉◊◍◎◐◑◒◓◔◕◘◙◢◣◤◥◧◨◩◪◫◬⌂⌘⌨",
}
CHARACTERS = "".join(ALPHABETS.values())


@cache
def _fonts():
    """Each font at 75 pixels, with those of the characters that it has."""
    fonts = []
    for name in FONTS:
        path = str(Path(matplotlib.get_data_path(), "fonts", "ttf", f"{name}.ttf"))
        known = FT2Font(path).get_charmap()
        fonts.append((ImageFont.truetype(path, 75), [one for one in CHARACTERS if ord(one) in known]))
    return fonts


def printed_character(rng: np.random.Generator) -> np.ndarray:
    """A character of a font, turned, slanted, bent as by a hand. Returns the ink (h, w) bool.

    >>> printed_character(np.random.default_rng(0)).any().item()
    True
    """
    font, characters = _fonts()[rng.integers(len(FONTS))]
    return printed(characters[rng.integers(len(characters))], font, 200, rng)


def printed(character: str, font: ImageFont.FreeTypeFont, side: int, rng: np.random.Generator) -> np.ndarray:
    """A character in a font, in the middle of a square page of so many pixels, bent. Returns the ink (side, side) bool."""
    page = Image.new("L", (side, side))
    ImageDraw.Draw(page).text((side // 2, side // 2), character, fill=255, font=font, anchor="mm")
    return bent(np.asarray(page) > 127, rng)


def invented_character(rng: np.random.Generator) -> np.ndarray:
    """A character of no alphabet: three to five strokes of a pen on a coarse grid. Returns the ink (h, w) bool.

    Two strokes are a 4 or a 7 too easily.

    >>> invented_character(np.random.default_rng(0)).shape
    (320, 320)
    """
    strokes = []
    for _ in range(rng.integers(3, 6)):
        points = rng.integers(0, 4, (rng.integers(2, 5), 2)) * 10 / 3
        strokes.append(" ".join(f"{x:.1f},{y:.1f}" for x, y in points))
    return draw_glyph(" | ".join(strokes), rng)


def frame(rng: np.random.Generator) -> np.ndarray:
    """A frame drawn by hand, wide enough not to be a 0, empty, crossed, or with a roof. Returns the ink (h, w) bool.

    >>> frame(np.random.default_rng(0)).any().item()
    True
    """
    height = rng.uniform(3.5, 7)
    bottom, lower = f"{height:.1f}", f"{height - 1:.1f}"  # close to a corner there is another point, or it would be cut off
    outline = f"0,0 1,0 9,0 10,0 10,1 10,{lower} 10,{bottom} 9,{bottom} 1,{bottom} 0,{bottom} 0,{lower} 0,1 0,0"
    extra = ["", "", f" | 0,0 10,{bottom}", f" | 0,{bottom} 10,0", f" | 5,0 5,{bottom}", " | 0,0 5,-4 10,0"]
    return draw_glyph(outline + rng.choice(extra), rng)


def bent(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ink that is moved a little, differently from place to place, and turned and slanted. mask: (h, w) bool -> the same."""
    height, width = mask.shape
    matrix = leaning(rng.normal(0, 0.12), rng.normal(0, 0.1), 1.0)
    columns, rows = np.arange(width) - width / 2, np.arange(height)[:, np.newaxis] - height / 2
    moves = cv2.resize(rng.normal(0, 0.012 * width, (5, 5, 2)), (width, height), interpolation=cv2.INTER_CUBIC)
    x, y = (moves[..., axis] + matrix[axis, 0] * columns + matrix[axis, 1] * rows for axis in (0, 1))
    x, y = (x + width / 2).astype(np.float32), (y + height / 2).astype(np.float32)
    return cv2.remap(mask.astype(np.uint8) * 255, x, y, cv2.INTER_LINEAR) > 127
