"""Is refused what is no digit, in families of characters that the network was never trained on?

    python benchmarks/no_digits.py [--sheet read.png]

Greek, Cyrillic, Arabic-Indic and Devanagari characters and signs, printed in Debian's fonts (packages fonts-freefont-ttf and
fonts-noto-core) and bent a little, and some of them drawn along strokes, as dark ink on white paper. The training knows none
of these families: see `digitkit/simulate/characters.py` and NO_DIGITS in `glyphs.py`. Shares have their 95 % interval (Wilson,
1927).
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from hands import on_paper
from matplotlib.ft2font import FT2Font
from PIL import ImageFont
from real_pictures import contact_sheet, share

from digitkit.preprocessing import crop
from digitkit.reading import read
from digitkit.simulate import draw_glyph
from digitkit.simulate.characters import printed

FOLDER = Path("/usr/share/fonts/truetype")
FONTS = [
    "freefont/FreeSans",
    "freefont/FreeSerif",
    "freefont/FreeSerifItalic",
    "noto/NotoSans-Regular",
    "noto/NotoSerif-Regular",
    "noto/NotoNaskhArabic-Regular",
    "noto/NotoSansDevanagari-Regular",
    "noto/NotoSerifDevanagari-Regular",
    "noto/NotoSansMath-Regular",
    "noto/NotoSansSymbols2-Regular",
]
FAMILIES = {
    "Greek": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρςστυφχψω",
    "Cyrillic": "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя",
    "Arabic-Indic": "٠١٢٣٤٥٦٧٨٩۴۵۶",
    "Devanagari": "०१२३४५६७८९अआइईउऊएऐओऔकखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
    "signs": "€£¥$&@§¶%!/|\\()∞√∫∑∏∂≠≈≤≥±^¿¡†‡•©®«»♩♪♫♯♭",
}
# What any reader could take for a digit, also written by a beginner or by a European (whose 1 is like a Λ). The digit is then the
# right answer, so these count neither way. Letters like them are left out of the training: O, o, Q, D, G, l, I, i, j, S, s, Z, z,
# B, b, g, q, and what looks like these in other alphabets.
LIKE_DIGITS = "ΒΖΘΙΛΟΦβδζθιορςστφ" + "БВЗОФЧбвзофучьэ" + "٠١٥٦٨٩۵۶" + "०१२३६९उठ" + "!¡/|\\()$^∫•"
DRAWN = {
    "Greek": [
        "9,0 0,0 5,5 0,10 9,10",
        "0,0 10,0 | 2,0 2,10 | 8,0 8,10",
        "0,0 0,4 5,7 10,4 10,0 | 5,0 5,10",
        "1,10 4,10 0,5 2,1 5,0 8,1 10,5 6,10 9,10",
        "5,0 0,10 10,10 5,0",
        "0,0 10,0 | 2,5 8,5 | 0,10 10,10",
    ],
    "Cyrillic": [
        "0,0 10,10 | 10,0 0,10 | 5,0 5,10",
        "0,0 0,10 10,10 10,0 | 5,0 5,10",
        "9,10 9,0 3,0 1,3 3,5 9,5 | 5,5 1,10",
        "0,0 0,10 | 0,5 4,5 | 7,0 4,3 4,7 7,10 10,7 10,3 7,0",
        "0,0 0,10 10,0 10,10",
        "2,10 4,0 8,0 8,10 | 0,12 0,10 10,10 10,12",
    ],
    "signs": [
        "8,1 5,0 2,3 2,7 5,10 8,9 | 0,4 6,4 | 0,6 6,6",
        "0,0 5,5 10,0 | 5,5 5,10 | 1,6 9,6 | 1,8 9,8",
        "0,5 2,10 4,0 10,0",
        "3,0 3,8 | 3,0 9,1 9,9 | 3,8 1,10 0,9 2,8 | 9,9 7,10 6,9 8,8",
    ],
}
EACH = 300  # characters of a family


def one_of(characters, rng):
    """One character in a font that has it, bent a little. Returns (the character, its ink (h, w) bool)."""
    while True:
        path, character = f"{FOLDER}/{rng.choice(FONTS)}.ttf", str(rng.choice(list(characters)))
        if ord(character) in FT2Font(path).get_charmap():
            return character, printed(character, ImageFont.truetype(path, 110), 300, rng)


def examples(family, rng):
    """EACH characters of a family, a fifth of them drawn along strokes if there are such. Yields (name, ink)."""
    characters = [one for one in FAMILIES[family] if one not in LIKE_DIGITS]
    for _ in range(EACH):
        if family in DRAWN and rng.uniform() < 0.2:
            shape = rng.integers(len(DRAWN[family]))
            yield f"drawn {shape}", draw_glyph(DRAWN[family][shape], rng)
        else:
            yield one_of(characters, rng)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sheet", type=Path, help="write what is read as a digit as a PNG")
    sheet, rng, wrong, everything = options.parse_args().sheet, np.random.default_rng(17), [], []
    for family in FAMILIES:
        refused, spoken = [], Counter()
        for name, ink in examples(family, rng):
            picture = on_paper(crop(ink))
            reading = read(picture)
            refused.append(not reading.text)
            if reading.text:
                spoken[name] += 1
                seen = reading.digits[0].image
                wrong.append({"picture": picture, "digit": seen, "label": name, "text": reading.text})
        most = ", ".join(f"{name} {count}" for name, count in spoken.most_common(12))
        print(f"{family:14} refused {share(np.array(refused))}   read most: {most}")
        everything += refused
    print(f"{'all':14} refused {share(np.array(everything))}")
    if sheet and wrong:
        contact_sheet(wrong, sheet)


if __name__ == "__main__":
    main()
