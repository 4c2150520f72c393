"""Any picture of handwriting -> digits of 28×28 pixels, made the way MNIST was made.

LeCun, Bottou, Bengio and Haffner ("Gradient-based learning applied to document recognition", 1998) scaled each black
and white digit into a box of 20×20 pixels, keeping its shape; the grey levels come from that shrinking alone. Then they
laid it into 28×28 so that its centre of mass is in the middle. A network trained on such digits reads others only if
they are made the same way. Notebook 06 walks through every step below.
"""

import contextlib
import io
import itertools
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF"]  # nothing else reaches a decoder; MPO is opened as JPEG
MAX_MEGAPIXELS = 50
MAX_MEGABYTES = 100
MOST_PARTS = 150  # of the ink; a page of texture has thousands, and comparing all with all would take minutes
WORKING_SIZE = 1000  # pixels of the longer side; a larger picture is shrunk before anything else is done
SMALLEST_SIZE = 320  # a smaller one is enlarged, so that a stroke is several pixels wide
SMALLEST_DIGIT = 6  # pixels of the picture as it came: what is smaller is a speck
BOX = 20  # pixels: the box that MNIST fits a digit into
PAPER_WINDOW = 0.35  # of the shorter side: strokes must be narrower, shadows wider
FAINTEST = 28  # of 255: ink must swallow at least this much of the paper's light
MIDDLE = 14  # row and column of the centre of mass, counted from 0: on average MNIST's are at 14.00 and 14.01
STROKE = 2.4  # pixels: how wide a typical stroke of MNIST is in that box
THICKEST_LINE = 0.12  # of the picture's height or width: what is thicker was not printed to write on
_ORIENTATION = 0x0112  # the EXIF number that says how the camera was held
SWITCHES = ("polarity", "background", "lines", "stroke width", "aspect", "centre of mass")  # steps that can be left out


class PictureError(ValueError):
    """The picture cannot be used. The message says why and what to do."""


# ── 1. Open: any file or array -> one grey picture, upright ─────────────────────────────────────────────────────────


def open_picture(source):
    """Open a picture as it would be seen: turned upright, transparent parts on white paper, the first frame only.

    source: a path, the bytes of a file, a PIL image, or an array of shape (h, w), (h, w, 3) or (h, w, 4) with
    uint8 or uint16 numbers or floats from 0 to 1.
    Returns (grey, size): grey (h, w) uint8, at most 1,000 pixels a side; size = (width, height) of the upright original.
    Raises PictureError, with one sentence for the user, if it cannot.

    >>> open_picture(np.full((60, 40), 255, np.uint8))[1]
    (40, 60)
    """
    image, size = open_image(source, "L")
    with _damage_in_words():
        upright = _small_and_upright(image, WORKING_SIZE)
        grey = _shrunk(_to_grey(upright), WORKING_SIZE)
        turned = image.getexif().get(_ORIENTATION, 1) >= 5
    return np.asarray(grey, dtype=np.uint8), size[::-1] if turned else size


def thumbnail(source, longest=480):
    """A small upright picture in colour, to be shown. source: as for `open_picture`. Returns (h, w, 3) uint8.

    >>> thumbnail(np.zeros((900, 1200, 3), np.uint8)).shape
    (360, 480, 3)
    """
    image, _ = open_image(source, "RGB")
    with _damage_in_words():
        colours = _small_and_upright(image, longest)
        if colours.mode.startswith(("I", "F")):
            colours = _to_grey(colours)
        rgba = _shrunk(colours.convert("RGBA"), longest)
        sheet = Image.new("RGBA", rgba.size, "white")
        return np.asarray(Image.alpha_composite(sheet, rgba).convert("RGB"))


def open_image(source, mode):
    """Open a picture without decoding it yet, where that can wait. source: as for `open_picture`. mode: "L" or "RGB".

    Returns (image, size): a PIL image, perhaps decoded at a smaller size later, and its (width, height) as stored.
    Raises PictureError, with one sentence for the user, if it cannot.

    >>> open_image(np.zeros((60, 40), np.uint8), "L")[1]
    (40, 60)
    """
    if isinstance(source, np.ndarray):
        image = _image_from_array(source)
    elif isinstance(source, Image.Image):
        image = source
    elif isinstance(source, (bytes, bytearray, memoryview)):
        image = _image_from_bytes(bytes(source))
    elif isinstance(source, (str, Path)):
        image = _image_from_bytes(_read_file(Path(source)))
    else:
        raise PictureError(f"A picture is a path, bytes, a PIL image or an array, not {type(source).__name__}.")
    size = _checked_size(image)
    if image is not source:  # a JPEG is decoded at half or quarter size, which is faster; the caller's own image is left alone
        image.draft(mode, [WORKING_SIZE * side // max(size) for side in size])
    return image, size


@contextlib.contextmanager
def _damage_in_words():
    try:
        yield
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise PictureError("This picture is damaged or cut short: save or copy it again.") from error


def _small_and_upright(image, longest):
    small = _shrunk(image, longest)
    if small is not image:  # shrinking forgets how the camera was held
        small.getexif()[_ORIENTATION] = image.getexif().get(_ORIENTATION, 1)
    return ImageOps.exif_transpose(small)


def _shrunk(image, longest):
    """The image with at most `longest` pixels a side, so that what follows has little to do; palettes stay as they are."""
    factor = longest / max(image.size)
    if factor >= 1 or image.mode in {"P", "1"}:
        return image
    if image.mode.startswith("I;16"):  # the one kind that Pillow cannot shrink
        size = [max(round(side * factor), 1) for side in image.size]
        return Image.fromarray(cv2.resize(np.asarray(image).astype(np.uint16), size, interpolation=cv2.INTER_AREA))
    return image.resize([max(round(side * factor), 1) for side in image.size], Image.Resampling.BOX, reducing_gap=2)


def _read_file(path):
    if path.is_dir():
        raise PictureError("This is a folder, not a picture: name one picture file in it.")
    if not path.is_file():
        raise PictureError("There is no such file: check its name and folder.")
    if path.stat().st_size > MAX_MEGABYTES * 1_000_000:
        raise PictureError(f"This file is over {MAX_MEGABYTES} MB, too big for a picture: make it smaller and try again.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise PictureError(f"This file cannot be opened ({error.strerror}): check that you may read it.") from error


def _image_from_array(array):
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim not in {2, 3} or (array.ndim == 3 and array.shape[2] not in {3, 4}):
        raise PictureError(f"An array must have the shape (h, w), (h, w, 3) or (h, w, 4), not {array.shape}.")
    if 0 in array.shape:
        raise PictureError("This array is empty: it holds no pixels.")
    if array.dtype.kind == "f":
        if not np.isfinite(array).all():
            raise PictureError("This array holds NaN or infinite numbers: fill in or remove them first.")
        if array.min() < 0 or array.max() > 1:
            raise PictureError("An array of floats must hold numbers from 0 to 1: divide by 255 if they go up to 255.")
        array = np.rint(array * 255).astype(np.uint8)
    elif array.dtype == np.uint16:
        array = (array // 257).astype(np.uint8)
    elif array.dtype == bool:
        array = array.astype(np.uint8) * 255
    elif array.dtype != np.uint8:
        raise PictureError(f"An array must hold uint8, uint16 or float numbers, not {array.dtype}.")
    return Image.fromarray(np.ascontiguousarray(array))


def _image_from_bytes(content):
    if not content:
        raise PictureError("This file is empty: save or copy the picture again.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit, checked later, is lower
            image = Image.open(io.BytesIO(content), formats=FORMATS + _heif_format())
    except Image.DecompressionBombError as error:
        raise PictureError(f"This picture has far too many pixels: the limit is {MAX_MEGAPIXELS} megapixels.") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        if content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}:
            raise PictureError(
                "This is a HEIC photo, which needs one more package: pip install pillow-heif. "
                "Or set the phone's camera to JPEG (“most compatible”)."
            ) from error
        raise PictureError("This is not a picture that can be read: use JPEG, PNG, GIF, BMP, TIFF, WebP or AVIF.") from error
    return image


def _checked_size(image):
    width, height = image.size
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise PictureError(
            f"This picture has {width * height / 1e6:.0f} megapixels; the limit is {MAX_MEGAPIXELS}. Make it smaller first."
        )
    if min(width, height) < 8:
        raise PictureError(f"This picture is {width}×{height} pixels, too small to hold a digit: 8×8 is the least.")
    return image.size


def _heif_format():
    try:
        import pillow_heif
    except ImportError:
        return []
    pillow_heif.register_heif_opener()
    return ["HEIF"]


def _to_grey(image):
    """Grey levels by the usual weights (ITU-R BT.601): 30 % red, 59 % green, 11 % blue."""
    if image.mode.startswith(("I", "F")):
        numbers = np.nan_to_num(np.asarray(image, dtype=np.float64))
        brightest = 65535 if image.mode.startswith("I;16") else max(numbers.max(), 1)
        return Image.fromarray(np.rint(np.clip(numbers / brightest, 0, 1) * 255).astype(np.uint8))
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        colours, alpha = rgba.convert("L"), rgba.getchannel("A")
        visible = np.asarray(alpha) > 127
        light_ink = 0 < visible.mean() < 0.5 and np.asarray(colours)[visible].mean() > 170
        grey = Image.new("L", image.size, 0 if light_ink else 255)  # white ink on nothing would vanish on white
        grey.paste(colours, mask=alpha)
        return grey
    return image.convert("L")


# ── 2. Find the ink: grey picture -> True where there is ink ────────────────────────────────────────────────────────


def enlarge(grey):
    """Enlarge a small picture smoothly, so that a stroke is several pixels wide; a large one is returned as it is.

    grey: (h, w) uint8. Returns (h, w) uint8, at least 320 pixels on the longer side.

    >>> enlarge(np.zeros((28, 28), np.uint8)).shape
    (336, 336)
    """
    factor = -(-SMALLEST_SIZE // max(grey.shape))
    return grey if factor == 1 else cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)


def is_light_on_dark(grey):
    """Whether the ink is brighter than its paper, as with chalk or MNIST.

    What differs from the paper, darker or brighter, is the ink. If the border of the picture is all alike, it is paper.
    If not (a shadow, a vignette), the paper is the local median, since ink covers the smaller part of any neighbourhood;
    shadows stand out a little from it on either side, so light ink must stand out clearly.

    grey: (h, w) uint8. Returns a bool.

    >>> is_light_on_dark(np.eye(64, dtype=np.uint8) * 255)
    True
    """
    small = cv2.resize(grey, _fit(grey.shape, 96), interpolation=cv2.INTER_AREA)
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    low, middle, high = np.percentile(border, [10, 50, 90])
    difference, margin = small - middle, 1
    if high - low > 0.25 * np.percentile(np.abs(difference), 99):
        difference, margin = small - cv2.medianBlur(small, 2 * (max(small.shape) // 4) + 1).astype(np.float64), 6
    lighter, darker = np.square(difference[difference > 0]).sum(), np.square(difference[difference < 0]).sum()
    return bool(lighter > margin * darker)


def paper_brightness(grey):
    """The brightness that each pixel would have without ink: light, vignette and shadows.

    A closing (brightest value around, then darkest of these) wipes out dark strokes narrower than its window and keeps
    the edge of a shadow where it is. Beyond the border the slope of the light is carried on, else a dark corner would
    be wiped out like a stroke. grey: (h, w) uint8, dark ink. Returns (h, w) float32, at least 1.

    >>> sheet = np.full((64, 64), 200, np.uint8); sheet[20:40, 30:33] = 10
    >>> round(paper_brightness(sheet).min().item(), 2)
    200.0
    """
    small = cv2.medianBlur(cv2.resize(grey, _fit(grey.shape, 160), interpolation=cv2.INTER_AREA), 3)
    window = max(int(PAPER_WINDOW * min(small.shape)), 3)
    wide = np.pad(small.astype(np.float32), window, mode="reflect", reflect_type="odd")
    edge = np.pad(small.astype(np.float32), window, mode="edge")
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (window, window))
    paper = cv2.morphologyEx(np.clip(wide, 0.3 * edge, edge), cv2.MORPH_CLOSE, around)
    paper = cv2.GaussianBlur(paper, (0, 0), 2)[window:-window, window:-window]
    darkest = max(float(paper.max()) / 5, 1)  # in a corner that is darker still, noise would count as ink
    return np.maximum(cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), darkest)


def ink_strength(grey, paper):
    """How much of the paper's light the ink swallows: 0 on bare paper, 255 where all is black.

    Dividing by the paper's brightness makes a pencil stroke in the shadow as strong as one in the light. A slight blur
    calms the grain of paper and camera. grey, paper: (h, w). Returns (h, w) float32 from 0 to 255.

    >>> ink_strength(np.full((9, 9), 50, np.uint8), np.full((9, 9), 200.0))[4, 4].item()
    191.25
    """
    light = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), max(grey.shape) / 900) / paper
    return 255 * np.clip(1 - light, 0, 1).astype(np.float32)


def unevenness(strength):
    """How much the ink strength of bare paper varies: a standard deviation that a little ink does not disturb.

    >>> unevenness(np.zeros((9, 9), np.float32))
    0.0
    """
    some = strength[::3, ::3] if strength.size > 90_000 else strength  # a ninth of the pixels tells as much
    return float(1.4826 * np.median(np.abs(some - np.median(some))))


def threshold(strength):
    """Decide which pixels are ink, with two thresholds (hysteresis, after Canny 1986).

    Pixels above the high threshold are ink; those above the low one are ink if they touch such a pixel, so that
    a faint end of a stroke stays and a faint speck goes. Both follow from the strength of the darkest strokes.

    strength: (h, w) float32, 0 to 255. Returns (mask, low, high): mask (h, w) bool; all False if nothing stands out.

    >>> threshold(np.zeros((9, 9), np.float32))[0].any().item()
    False
    """
    floor = max(6 * unevenness(strength), 12.0)
    standing_out = strength[strength > floor]
    if standing_out.size < 1e-4 * strength.size:
        return np.zeros(strength.shape, bool), floor, floor
    stroke = np.percentile(standing_out, 85)
    if stroke < max(1.6 * floor, FAINTEST):
        return np.zeros(strength.shape, bool), floor, floor
    high, low = max(0.4 * stroke, floor), max(0.3 * stroke, 0.7 * floor)
    count, parts = cv2.connectedComponents((strength > low).astype(np.uint8), connectivity=8)
    strong = np.zeros(count, bool)
    strong[parts[strength > high]] = True
    strong[0] = False
    return strong[parts], low, high


def _fit(shape, longest):
    """(width, height) of a picture shrunk so that its longer side is at most `longest`."""
    shrink = min(longest / max(shape), 1)
    return max(round(shape[1] * shrink), 1), max(round(shape[0] * shrink), 1)


def remove_lines(strength):
    """Take out ruled lines, squares and the edges of boxes: straight, thin, and across the whole picture.

    A bar of a 2, 4 or 7 is as long and as straight, but does not run into the picture's border on both sides, nor does it
    come in pairs at the top and bottom.
    Where a stroke crosses a line, the ink is thicker or darker than the line itself: there it stays.

    strength: (h, w) float32, 0 to 255. Returns (h, w) float32.

    >>> page = np.zeros((60, 60), np.float32); page[30] = 99
    >>> remove_lines(page).max().item()
    0.0
    """
    fine = strength - cv2.GaussianBlur(strength, (0, 0), max(max(strength.shape) / 200, 1))
    faintest = max(6 * unevenness(fine), 10.0)  # lines are narrow, so only what varies from pixel to pixel could be mistaken
    level = _level_lines(strength, faintest)
    cleaned = np.where(level, 0, strength)
    upright = _level_lines(cleaned.T, faintest).T
    return _without_crumbs(np.where(upright, 0, cleaned), level | upright, faintest)


def _without_crumbs(strength, lines, faintest):
    """Take out what lines leave behind: their faint blurred edges, and small specks where they cross, close to a line."""
    if not lines.any():
        return strength
    reach = 2 * (max(strength.shape) // 100) + 1
    near = cv2.dilate(lines.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    count, parts, stats, _ = cv2.connectedComponentsWithStats((strength > faintest).astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    crumbs = (np.bincount(parts[near], minlength=count) > 0.6 * areas) & (areas < 0.1 * areas[1:].max(initial=0))
    crumbs[0] = False
    return np.where(crumbs[parts] | (near & (strength <= faintest)), 0, strength)


def _level_lines(strength, faintest):
    """The pixels of lines that run across the picture, level or a little inclined. Returns (h, w) bool."""
    height, width = strength.shape
    mask = strength > faintest
    tall = _vertical_run_length(mask)
    lines = np.zeros_like(mask)
    y, x = np.nonzero(mask)
    thin = tall[y, x] <= THICKEST_LINE * height
    if not thin.any():
        return lines
    row, above = _row_when_level(y, x, thin, width)
    count = height + 2 * above
    of_line, of_ink = np.bincount(row[thin], minlength=count), np.bincount(row, minlength=count)
    hidden = of_ink - of_line  # where a stroke or another line crosses, this one cannot be seen
    coverage = np.where(of_line > 0.2 * width, of_line / np.maximum(width - hidden, 1), 0)
    margin = max(width // 30, 2)
    left, right = (np.bincount(row[part], minlength=count) >= margin / 2 for part in (x < margin, x >= width - margin))
    is_line = (coverage > 0.55) & left & right
    place = (np.arange(count) - above) / height
    near_top, near_bottom = ((coverage > 0.75) & zone for zone in (np.abs(place) < 0.15, np.abs(place - 1) < 0.15))
    if near_top.any() and near_bottom.any():  # a printed box stops short of the border, but it has two such edges
        is_line |= near_top | near_bottom
    rows = np.flatnonzero(is_line)
    for line in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else []:
        # A line is darkest in its middle, so each of its rows is judged by its own usual strength, with some leeway where
        # another line crosses it.
        thin = tall[y, x] <= max(1.6 * np.percentile(tall[y, x][np.isin(row, line)], 10), len(line)) + 1
        places = [np.flatnonzero(row == level) for level in range(line[0] - 2, line[-1] + 3)]
        usual = [np.median(strength[y[place], x[place]]) if len(place) else 0 for place in places]
        for place, middle in zip(places, usual, strict=True):
            printed = place[thin[place] & (strength[y[place], x[place]] <= 1.5 * middle + 0.5 * max(usual))]
            lines[y[printed], x[printed]] = True
        # Beside it lies what the lens made of its edge, weaker than any stroke that is as dark as the line.
        reach = 2 + len(line) // 2
        beside = np.flatnonzero((row >= line[0] - reach) & (row <= line[-1] + reach))
        blurred = beside[strength[y[beside], x[beside]] <= 0.5 * max(usual)]
        lines[y[blurred], x[blurred]] = True
    return lines


def _row_when_level(y, x, thin, width):
    """The row that each ink pixel gets when the sheet is turned so that its lines are level.

    At the right inclination all pixels of a line fall into one row, so the counts of the rows differ most. Only thin ink
    is asked, since strokes stand in any direction.
    Returns (row, above): row (n,) int, counted from `above` rows over the picture, since turning lifts some pixels.
    """
    above = int(0.04 * width) + 2

    def rows(slope, some=slice(None)):
        return np.rint(y[some] - slope * (x[some] - width / 2)).astype(np.intp) + above

    some = np.flatnonzero(thin)[:: 1 + len(y) // 20_000]  # a part of the pixels is enough to find the inclination
    slopes = np.linspace(-0.08, 0.08, 33)
    peakedness = [np.square(np.bincount(rows(slope, some))).sum() for slope in slopes]
    return rows(slopes[int(np.argmax(peakedness))]), above


def _vertical_run_length(mask):
    """For each ink pixel, how many ink pixels stand above and below it without a gap, itself included."""
    height = np.int32(len(mask))
    rows = np.arange(height, dtype=np.int32)[:, np.newaxis]
    above = np.maximum.accumulate(np.where(mask, np.int32(-1), rows), axis=0)
    below = np.minimum.accumulate(np.where(mask, height, rows)[::-1], axis=0)[::-1]
    return np.where(mask, below - above - 1, 0)


# ── 3. Segment: ink -> one mask for each digit, in reading order ────────────────────────────────────────────────────


def find_digits(mask):
    """Group the connected parts of the ink into digits and order them as they are read.

    Parts that lie over each other or very near, like the bar of a 5, make one digit. Specks go, and so does what
    touches the border of the picture, unless there is nothing else.

    mask: (h, w) bool. Returns a list of (ink, corner, row): ink (rows, columns) bool, cut out; corner (x, y), where it was
    cut out; row an int counted from the top. At most 100 digits.

    >>> page = np.zeros((60, 90), bool); page[20:40, 10:14] = page[20:40, 60:64] = True
    >>> [(corner, row) for ink, corner, row in find_digits(page)]
    [((10, 20), 0), ((60, 20), 0)]
    """
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    boxes = {part: tuple(int(n) for n in stats[part][:4]) for part in range(1, count)}
    if not boxes:
        return []
    height, width = mask.shape

    def size(part):
        return max(boxes[part][2:])

    def at_border(part):
        x, y, w, h = boxes[part]
        touches = x <= 1 or y <= 1 or x + w >= width - 1 or y + h >= height - 1
        return touches or is_edge(x, w, h, width, height) or is_edge(y, h, w, height, width)

    def is_edge(start, across, along, side, length):
        # What is left of a printed box: a long thin line close to the border.
        return across < 0.06 * side and along > 0.4 * length and min(start, side - start - across) < 0.08 * side

    def just_reaches(part):
        # The last digit of a row may reach the border; what is cut off meets it over some length.
        x, y, w, h = boxes[part]
        own = parts[y : y + h, x : x + w] == part
        meets = [own[0] * (y <= 1), own[-1] * (y + h >= height - 1), own[:, 0] * (x <= 1), own[:, -1] * (x + w >= width - 1)]
        lengths = sorted(int(side.sum()) for side in meets)
        return lengths[-1] < 0.4 * size(part) and lengths[-2] < 0.2 * size(part) and 0.5 < h / (tallest_inner or 1) < 1.5

    inner = [part for part in boxes if not at_border(part)]
    tallest_inner = max((boxes[part][3] for part in inner), default=0)
    largest_inner = max((size(part) for part in inner), default=0)
    largest = max(size(part) for part in boxes)
    kept = inner if largest_inner >= max(0.2 * largest, 0.08 * max(mask.shape)) else list(boxes)
    kept += [part for part in boxes if part not in kept and just_reaches(part)]
    biggest = max(size(part) for part in kept)
    kept = [part for part in kept if size(part) >= 0.05 * biggest and stats[part][4] >= 6]
    if not kept:
        return []
    kept = sorted(kept, key=size, reverse=True)[:MOST_PARTS]
    groups = _join_near_parts(kept, boxes)
    tallest = max(max(box[2:]) for _, box in groups)
    groups = [(members, box) for members, box in groups if max(box[2:]) >= 0.35 * tallest]
    found = []
    for index, row in reading_order([box for _, box in groups])[:100]:
        members, (x, y, w, h) = groups[index]
        found.append((np.isin(parts[y : y + h, x : x + w], members), (x, y), row))
    return found


def _join_near_parts(parts, boxes):
    tallest = max(boxes[part][3] for part in parts)
    # The parts come with the largest first, so that a fragment joins a digit and not the other way round.
    groups = [([part], boxes[part]) for part in parts]
    joined = True
    while joined:
        joined = False
        for i in range(len(groups)):
            for j in range(len(groups) - 1, i, -1):
                if _belong_together(groups[i][1], groups[j][1], tallest):
                    members, box = groups.pop(j)
                    groups[i] = (groups[i][0] + members, _union(groups[i][1], box))
                    joined = True
    return groups


def _belong_together(large, small, tallest):
    x1, y1, w1, h1 = large
    x2, y2, w2, h2 = small
    gap_x = max(x1, x2) - min(x1 + w1, x2 + w2)
    gap_y = max(y1, y2) - min(y1 + h1, y2 + h2)
    h = _union(large, small)[3]
    longest = max(w1, h1, w2, h2)
    # Two digits make a taller stack than two halves of one, unless a neighbour is as tall as the stack.
    stacked = -gap_x >= 0.5 * min(w1, w2) and gap_y <= 0.25 * longest and h <= max(1.8 * longest, 1.1 * tallest)
    fragment = h2 < 0.6 * h1 and gap_x <= 0.12 * h1 and gap_y <= 0.12 * h1
    return stacked or fragment


def _union(box, other):
    x, y = min(box[0], other[0]), min(box[1], other[1])
    return x, y, max(box[0] + box[2], other[0] + other[2]) - x, max(box[1] + box[3], other[1] + other[3]) - y


def reading_order(boxes):
    """One row from left to right, one column from top to bottom, or else rows from top to bottom.

    People write rows that climb and wobble, so it is one row wherever no digit stands under another, and one column
    wherever none stands beside another. boxes: a list of (x, y, width, height).
    Returns a list of (index, row number), in reading order.

    >>> reading_order([(50, 0, 10, 20), (0, 5, 10, 20), (25, 60, 10, 20)])
    [(1, 0), (0, 0), (2, 1)]
    """
    if not boxes:
        return []
    by_x, by_y = (sorted(range(len(boxes)), key=lambda index: boxes[index][axis]) for axis in (0, 1))
    across, down = np.ptp([(x + w / 2, y + h / 2) for x, y, w, h in boxes], axis=0)
    reach = max(box[3] for box in boxes)  # neighbours in a row or column are no further off its line than this
    if across >= down and _in_one_line([boxes[index] for index in by_x], along=0, reach=reach):
        rows = [by_x]
    elif _in_one_line([boxes[index] for index in by_y], along=1, reach=reach):
        rows = [[index] for index in by_y]
    else:
        rows = []
        for index in sorted(range(len(boxes)), key=lambda index: boxes[index][1] + boxes[index][3] / 2):
            if rows and _stands_in_row(boxes[index], [boxes[other] for other in rows[-1]]):
                rows[-1].append(index)
            else:
                rows.append([index])
    return [(index, number) for number, row in enumerate(rows) for index in sorted(row, key=lambda index: boxes[index][0])]


def _in_one_line(boxes, along, reach):
    """Whether boxes follow each other without overlap along an axis (0: x, 1: y), none far off its neighbours' line."""
    aside = 1 - along
    return all(
        not _overlap(one, other, along) and abs(one[aside] + one[2 + aside] / 2 - other[aside] - other[2 + aside] / 2) < reach
        for one, other in itertools.pairwise(boxes)
    )


def _stands_in_row(box, row):
    """Whether a box stands beside the boxes of a row, on one level with them or hardly below, and under none of them."""
    _, y, _, height = box
    tallest = max(height, *(one[3] for one in row))
    middle = np.mean([one[1] + one[3] / 2 for one in row])
    level = abs(y + height / 2 - middle) < 0.5 * tallest or y - max(one[1] + one[3] for one in row) < 0.3 * tallest
    return level and not any(_overlap(box, one, axis=0) for one in row)


def _overlap(box, other, axis):
    """Whether two boxes share a third of the narrower one's columns (axis 0) or of the flatter one's rows (axis 1)."""
    shared = min(box[axis] + box[2 + axis], other[axis] + other[2 + axis]) - max(box[axis], other[axis])
    return shared > 0.34 * min(box[2 + axis], other[2 + axis])


# ── 4. Make it like MNIST: the mask of one digit -> 28×28 ───────────────────────────────────────────────────────────

_SCALE = 8  # the stroke is measured and changed on a grid eight times finer than the 20-pixel box


def crop(mask):
    """Cut out the ink: the smallest rectangle that holds it. mask: (h, w) bool with some ink. Returns (h, w) bool.

    >>> crop(np.eye(5, dtype=bool)[:, 1:4]).shape
    (3, 3)
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def stroke_width(mask):
    """The typical width of the strokes, in pixels: four times the mean distance from the ink to its edge.

    Across a stroke of width w the distance to the edge rises from 0 to w / 2 and falls again: its mean is w / 4.
    mask: (h, w) bool with some ink. Returns a float.

    >>> bar = np.zeros((40, 200), bool); bar[15:25] = True
    >>> 9 < stroke_width(bar) < 12
    True
    """
    framed = np.pad(mask.astype(np.uint8), 1)
    return 4 * float(cv2.distanceTransform(framed, cv2.DIST_L2, 5)[framed > 0].mean() - 0.25)


def even_stroke(mask):
    """Bring the strokes to the width that MNIST's have: hairlines are thickened, a fat marker is thinned.

    mask: (h, w) bool, cropped. Returns (h, w) bool, cropped, 160 pixels or little more on the longer side.

    >>> hairline = np.zeros((300, 3), bool); hairline[:, 1] = True
    >>> 14 < stroke_width(even_stroke(crop(hairline))) < 24
    True
    """
    fine = _resize_mask(mask, BOX * _SCALE)
    width, wanted = stroke_width(fine), STROKE / BOX
    change = (wanted * max(fine.shape) - width) / (1 - wanted)  # the digit grows and shrinks with its strokes
    diameter = round(min(abs(change), 0.45 * width if change < 0 else abs(change))) | 1
    if diameter < 3:
        return fine
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (diameter, diameter))
    framed = np.pad(fine, diameter).astype(np.uint8)
    changed = cv2.dilate(framed, disc) if change > 0 else cv2.erode(framed, disc)
    return crop(changed > 0) if changed.any() else fine


def _resize_mask(mask, longest):
    factor = longest / max(mask.shape)
    new_size = max(round(mask.shape[1] * factor), 1), max(round(mask.shape[0] * factor), 1)
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    cover = cv2.resize(mask.astype(np.uint8) * 255, new_size, interpolation=how)
    return cover >= min(128, cover.max())  # a spray of single pixels may cover no pixel of the smaller grid by half


def fit_into_box(mask, keep_aspect=True):
    """Shrink a digit into the 20×20 box; averaging black and white gives the grey levels of its edges.

    mask: (h, w) bool, cropped. Returns (h, w) uint8, the longer side 20 pixels, ink bright on black.

    >>> fit_into_box(np.ones((160, 80), bool)).shape
    (20, 10)
    """
    factor = BOX / max(mask.shape)
    new_size = (max(round(mask.shape[1] * factor), 1), max(round(mask.shape[0] * factor), 1)) if keep_aspect else (BOX, BOX)
    return cv2.resize(mask.astype(np.uint8) * 255, new_size, interpolation=cv2.INTER_AREA)


def centre_of_mass(image):
    """Where the ink balances: (row, column) in pixels, counted from the centre of the first pixel.

    image: (h, w), ink bright. Derived in notebook 01.

    >>> centre_of_mass(np.array([[0, 0, 255]], np.uint8))
    (0.0, 2.0)
    """
    weights = image.astype(np.float64)
    total = weights.sum()
    rows, columns = np.indices(image.shape)
    return float((rows * weights).sum() / total), float((columns * weights).sum() / total)


def centre(image, by_mass=True):
    """Lay a digit of at most 20×20 pixels into 28×28, its centre of mass in the middle.

    image: (h, w) uint8, ink bright. by_mass: False puts the middle of the box there instead. Returns (28, 28) uint8.

    >>> centre(np.full((20, 4), 255, np.uint8))[4:24, 12:16].min().item()
    255
    """
    height, width = image.shape
    row, column = centre_of_mass(image) if by_mass else ((height - 1) / 2, (width - 1) / 2)
    top = int(np.clip(round(MIDDLE - row), 0, 28 - height))
    left = int(np.clip(round(MIDDLE - column), 0, 28 - width))
    digit = np.zeros((28, 28), np.uint8)
    digit[top : top + height, left : left + width] = image
    return digit


def _mnist_steps(mask, without=()):
    cropped = crop(mask)
    even = cropped if "stroke width" in without else even_stroke(cropped)
    boxed = fit_into_box(even, keep_aspect="aspect" not in without)
    image = centre(boxed, by_mass="centre of mass" not in without)
    return {"crop": cropped, "even stroke": even, "20×20 box": boxed, "28×28": image}


def like_mnist(mask):
    """The ink of one digit made like MNIST: crop, even stroke, 20×20 box, centre of mass.

    mask: (h, w) bool with some ink. Returns (28, 28) uint8, ink bright on black.

    >>> like_mnist(np.eye(50, dtype=bool)).shape
    (28, 28)
    """
    return _mnist_steps(mask)["28×28"]


# ── All steps in order ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class FoundDigit:
    """One digit found in a picture, made like MNIST.

    image: (28, 28) uint8. box: (x, y, width, height) in pixels of the upright picture. row: 0 for the topmost.
    steps: {name: array}, from its cut-out ink to 28×28. corner: (x, y) of that ink in the picture as it was worked on.
    scale: pixels of the upright picture in one of those.
    """

    image: np.ndarray = field(repr=False)
    box: tuple
    row: int
    steps: dict = field(repr=False)
    corner: tuple = field(repr=False)
    scale: float = field(repr=False)


def make_digit(ink, corner, row, scale, without=()):
    """Make cut-out ink like MNIST. ink: (h, w) bool; the rest as in FoundDigit. Returns a FoundDigit.

    >>> make_digit(np.ones((40, 10), bool), (5, 5), 0, 2.0).box
    (10, 10, 20, 80)
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    x, y = corner[0] + int(columns[0]), corner[1] + int(rows[0])
    steps = _mnist_steps(ink, without)
    height, width = steps["crop"].shape
    return FoundDigit(steps["28×28"], tuple(round(n * scale) for n in (x, y, width, height)), row, steps, (x, y), scale)


def join(first, second):
    """Two found pieces as one digit. Returns a FoundDigit.

    >>> bar = make_digit(np.ones((4, 20), bool), (0, 0), 0, 1.0)
    >>> join(bar, make_digit(np.ones((30, 5), bool), (0, 10), 0, 1.0)).box
    (0, 0, 20, 40)
    """
    left, top = min(first.corner[0], second.corner[0]), min(first.corner[1], second.corner[1])
    pieces = [(one.corner[0] - left, one.corner[1] - top, one.steps["crop"]) for one in (first, second)]
    ink = np.zeros((max(y + piece.shape[0] for _, y, piece in pieces), max(x + piece.shape[1] for x, _, piece in pieces)), bool)
    for x, y, piece in pieces:
        ink[y : y + piece.shape[0], x : x + piece.shape[1]] |= piece
    return make_digit(ink, (left, top), first.row, first.scale)


def cuts(found):
    """Ways to cut two touching digits apart, from top to bottom where only one stroke joins them.

    Returns a list of at most five pairs of FoundDigit, none if nothing looks like two digits: each must be nearly as tall
    as both together.

    >>> bridged = np.ones((40, 60), bool); bridged[:18, 25:35] = bridged[22:, 25:35] = False
    >>> len(cuts(make_digit(bridged, (0, 0), 0, 1.0))) > 0
    True
    """
    ink = found.steps["crop"]
    height, width = ink.shape
    columns = np.arange(int(0.25 * width), int(0.75 * width))
    cost = ink[:, columns].sum(axis=0)
    widest, chosen = 1.6 * stroke_width(ink), []
    for column in columns[np.argsort(cost, kind="stable")]:
        apart = all(abs(column - other) > 0.06 * width for other in chosen)
        if column > 2 and apart and ink[:, column].sum() <= widest:
            chosen.append(int(column))
    x, y = found.corner
    pairs = []
    for column in chosen[:5]:
        left = make_digit(ink[:, :column], (x, y), found.row, found.scale)
        right = make_digit(ink[:, column:], (x + column, y), found.row, found.scale)
        sizes = [half.steps["crop"].shape for half in (left, right)]
        if all(h >= 0.6 * height and w >= 0.35 * h for h, w in sizes):  # mere strokes are rather parts of a letter
            pairs.append((left, right))
    return pairs


def prepare(picture, without=()):
    """Find the digits in a picture and make each one like MNIST, keeping every step.

    picture: what `open_picture` takes. without: names from SWITCHES of steps to leave out, to see what they are for.
    Returns (found, steps, size): found a list of FoundDigit in reading order, empty if there is no ink;
    steps {name: (h, w) array} for the whole picture; size = (width, height) of the upright picture.
    Raises PictureError as `open_picture` does, and ValueError for an unknown name in `without`.

    >>> found, steps, size = prepare(np.pad(np.zeros((60, 8), np.uint8), 40, constant_values=255))
    >>> found[0].image.shape, list(steps)[0]
    ((28, 28), 'grey')
    """
    unknown = set(without) - set(SWITCHES)
    if unknown:
        raise ValueError(f"Unknown step {', '.join(sorted(unknown))}: use {', '.join(SWITCHES)}.")
    grey, size = open_picture(picture)
    steps = {"grey": grey}
    grey = enlarge(grey)
    if "polarity" not in without and is_light_on_dark(grey):
        grey = 255 - grey
        steps["inverted"] = grey
    paper = np.full(grey.shape, np.float32(255)) if "background" in without else paper_brightness(grey)
    strength = ink_strength(grey, paper)
    steps |= {"paper": paper, "ink": strength}
    if "lines" not in without:
        strength = remove_lines(strength)
        steps["without lines"] = strength
    mask, _, _ = threshold(strength)
    steps["threshold"] = mask
    scale = size[0] / mask.shape[1]
    marks = [(ink, corner, row) for ink, corner, row in find_digits(mask) if max(ink.shape) * scale >= SMALLEST_DIGIT]
    return [make_digit(*mark, scale, without) for mark in marks], steps, size
