import contextlib
import io
import os
import struct
import sys
import warnings

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from digitkit import preprocessing
from digitkit.data import load_mnist, sample_paths
from digitkit.preprocessing import PictureError, mnist_form, open_picture, prepare, thumbnail
from digitkit.reading import read
from digitkit.simulate import draw_rules, photograph, write_digits


def encoded(image, kind, **options):
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


@pytest.fixture(scope="module")
def drawing():
    """A black 7 on white, 200 × 160 pixels, as a grey PIL image."""
    digit = load_mnist().train.images[np.flatnonzero(load_mnist().train.labels == 7)[0]]
    ink = write_digits(digit[np.newaxis], [(40, 20, 120)], (200, 160))
    return Image.fromarray(np.rint(255 * (1 - ink)).astype(np.uint8))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "1", "CMYK", "I;16", "F"])
def test_every_kind_of_pixel_gives_the_same_digit(drawing, mode):
    numbers = np.asarray(drawing)
    if mode == "I;16":
        image = Image.fromarray(numbers.astype(np.uint16) * 257)
    elif mode == "F":
        image = Image.fromarray(numbers.astype(np.float32) / 255)
    elif mode == "1":
        image = drawing.point(lambda value: 255 * (value > 127)).convert("1")
    else:
        image = drawing.convert(mode)
    kind = "TIFF" if mode in {"CMYK", "F"} else "PNG"
    expected = prepare(drawing)[0][0].image.astype(int)
    found = prepare(encoded(image, kind))[0]
    assert len(found) == 1
    reach = (-1, 0, 1) if mode == "1" else (0,)  # black and white alone balances elsewhere, by a rounded pixel
    shifted = [np.roll(expected, (down, right), axis=(0, 1)) for down in reach for right in reach]
    assert min(np.abs(found[0].image - one).mean() for one in shifted) < 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF"])
def test_every_format_is_opened(drawing, kind):
    assert open_picture(encoded(drawing.convert("RGB"), kind))[1] == (200, 160)


@pytest.mark.parametrize("array_type", [np.uint8, np.uint16, np.float32, np.float64])
def test_arrays_of_every_type_are_alike(drawing, array_type):
    numbers = np.asarray(drawing)
    array = {"u": numbers.astype(array_type) * (257 if array_type == np.uint16 else 1), "f": (numbers / 255).astype(array_type)}
    grey, _ = open_picture(array[np.dtype(array_type).kind])
    assert np.abs(grey.astype(int) - numbers).max() <= 1


def test_arrays_of_one_channel_and_of_true_and_false_are_read(drawing):
    ink = np.asarray(drawing) > 127
    for array in (ink, np.uint8(255) * ink, np.uint8(255) * ink[..., np.newaxis]):
        assert np.array_equal(open_picture(array)[0] == 255, ink)


def test_a_large_scan_of_16_bits_is_shrunk_like_one_of_8(drawing):
    large = np.asarray(drawing.resize((1500, 1200)))
    deep, size = open_picture(encoded(Image.fromarray(large.astype(np.uint16) * 257), "TIFF"))
    assert (deep.shape, size) == ((800, 1000), (1500, 1200))
    assert np.abs(deep.astype(int) - open_picture(encoded(Image.fromarray(large), "TIFF"))[0]).mean() < 1


def test_a_photo_is_turned_as_its_exif_data_say(drawing):
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = drawing.transpose(Image.Transpose.ROTATE_90)
    content = encoded(sideways, "JPEG", exif=exif, quality=95)
    grey, size = open_picture(content)
    assert size == (200, 160)
    assert np.abs(grey.astype(int) - np.asarray(drawing)).mean() < 3
    assert thumbnail(content).shape == (160, 200, 3)


def test_transparent_parts_are_paper(drawing):
    ink = 255 - np.asarray(drawing)
    for colour in (0, 255):  # black ink, and white ink that would vanish on white
        rgba = np.dstack([np.full((*ink.shape, 3), colour, np.uint8), ink])
        found = prepare(encoded(Image.fromarray(rgba), "PNG"))[0]
        assert np.abs(found[0].image.astype(int) - prepare(drawing)[0][0].image).mean() < 5


def test_only_the_first_frame_of_an_animation_counts(drawing):
    content = encoded(drawing, "GIF", save_all=True, append_images=[Image.new("L", drawing.size, 0)])
    assert np.array_equal(open_picture(content)[0], open_picture(encoded(drawing, "GIF"))[0])


def test_the_callers_image_and_array_are_left_alone(drawing):
    image = Image.open(io.BytesIO(encoded(Image.new("RGB", (3000, 2400), "white"), "JPEG")))
    open_picture(image)
    assert image.size == (3000, 2400)
    array = np.asarray(drawing).copy()
    prepare(array)
    assert np.array_equal(array, np.asarray(drawing))


def test_boxes_are_in_pixels_of_the_upright_original():
    digit = load_mnist().train.images[:1]
    large = write_digits(digit, [(2000, 500, 800)], (4000, 3000))
    content = encoded(Image.fromarray(np.rint(255 * (1 - large)).astype(np.uint8)), "JPEG")
    found, _, size = prepare(content)
    x, y, width, height = found[0].box
    assert size == (4000, 3000)
    assert 2000 < x < 2300
    assert 500 < y < 800
    assert 400 < height < 800
    assert x + width < 2800


BAD = {
    "no picture": (b"Dear diary, today I wrote a 7.", "not a picture that can be read"),
    "empty file": (b"", "empty"),
    "1 by 1": (encoded(Image.new("L", (1, 1)), "PNG"), "1×1 pixels, too small"),
    "200 megapixels": (encoded(Image.new("1", (20_000, 10_000)), "PNG"), "megapixels"),
    "100 megapixels": (encoded(Image.new("1", (10_000, 10_000)), "PNG"), "100 megapixels; the limit is 50"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not a picture that can be read"),
    "pdf": (b"%PDF-1.4\n", "not a picture that can be read"),
    "wrong shape": (np.zeros((2, 3, 4, 5), np.uint8), r"shape \(h, w\)"),
    "wrong dtype": (np.zeros((20, 20), np.int32), "uint8, uint16 or float numbers, not int32"),
    "texts": (np.array([["a"] * 20] * 20), "must hold uint8"),
    "not a number": (np.full((20, 20), np.nan), "NaN"),
    "too bright": (np.full((20, 20), 255.0), "from 0 to 1: divide by 255"),
    "no pixels": (np.zeros((0, 20), np.uint8), "holds no pixels"),
    "not a picture type": (7, "a path, bytes, a PIL image or an array, not int"),
    "missing": ("nowhere.jpg", "no such file"),
    "folder": (".", "This is a folder"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_clear_sentence(name):
    picture, message = BAD[name]
    for function in (open_picture, thumbnail):
        with pytest.raises(PictureError, match=message) as caught:
            function(picture)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "TIFF", "WEBP"])
def test_a_picture_cut_short_is_damaged(kind):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8))
    content = encoded(noise, kind)
    with pytest.raises(PictureError, match=r"damaged or cut short|is cut short, or stored"):
        open_picture(content[: len(content) // 2])


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "HSV", "YCbCr", "LAB", "I", "F", "RGBA", "PA", "La", "RGBa"])
@pytest.mark.parametrize("longest", [280, 1400])
def test_every_mode_is_read(drawing, mode, longest):
    drawing = Image.fromarray(np.asarray(drawing)).convert("L").resize((longest, longest))
    picture = drawing.convert("RGB")
    if mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        picture = ImageCms.profileToProfile(picture, ImageCms.createProfile("sRGB"), lab, outputMode="LAB")
    else:
        by_way_of = {"PA": "P", "La": "LA", "RGBa": "RGBA"}.get(mode, "RGB")
        picture = picture.convert(by_way_of).convert(mode)
    grey, _ = open_picture(picture)
    plain, _ = open_picture(drawing)
    assert np.abs(grey.astype(int) - plain).mean() < 12
    assert thumbnail(picture).shape[2] == 3


@pytest.mark.parametrize("kind", ["AVIF", "JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"])
def test_damaged_bytes_give_a_picture_or_one_sentence(drawing, kind):
    content = io.BytesIO()
    Image.fromarray(np.asarray(drawing)).convert("RGB").save(content, kind)
    good, random = content.getvalue(), np.random.default_rng(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for start in random.integers(8, len(good) - 1, 12):
            damaged = bytearray(good)
            damaged[start : start + 40] = random.bytes(len(damaged[start : start + 40]))
            with contextlib.suppress(PictureError):
                open_picture(bytes(damaged))


def test_camera_data_that_are_cut_short_are_no_damage_and_no_warning(drawing):
    picture = encoded(drawing.convert("L"), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff")
    with pytest.warns(UserWarning, match="Corrupt EXIF"):
        Image.open(io.BytesIO(picture)).getexif()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert open_picture(picture)[1] == (200, 160)


def test_a_picture_for_which_the_decoder_is_missing_is_told_from_a_damaged_one(drawing, monkeypatch):
    heic = io.BytesIO()
    pillow_heif.from_pillow(drawing.convert("RGB")).save(heic)
    monkeypatch.delattr(Image.core, "jpeg_decoder")
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(PictureError, match="stored in a form that is not read here: save it as JPEG or PNG"):
        open_picture(encoded(drawing.convert("L"), "JPEG"))
    with pytest.raises(PictureError, match="HEIC"):
        open_picture(heic.getvalue())


def test_what_the_decoder_of_tiff_says_is_not_shown_and_what_comes_after_it_is(drawing, capfd):
    damaged = bytearray(encoded(drawing.convert("L"), "TIFF", compression="tiff_deflate"))
    damaged[60:120] = bytes(60)
    with pytest.raises(OSError, match="decoder error"):
        Image.open(io.BytesIO(damaged)).load()
    assert "ZIPDecode" in capfd.readouterr().err
    with pytest.raises(PictureError, match="damaged or cut short"):
        open_picture(bytes(damaged))
    os.write(2, b"shown")
    assert capfd.readouterr().err == "shown"


@pytest.mark.parametrize(("kind", "payload"), [(2, b"6\0"), (7, b"6\0"), (3, b"\x63\0"), (4, b"\xff\xff\xff\xff"), (5, bytes(8))])
def test_an_orientation_that_is_none_leaves_the_picture_as_it_is(drawing, kind, payload):
    content = io.BytesIO()
    Image.fromarray(np.asarray(drawing)).convert("L").save(content, "JPEG")
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHI", 0x0112, kind, 1)
    exif += payload.ljust(4, b"\0")[:4] + struct.pack("<I", 0)
    jpeg = content.getvalue()
    tagged = jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]
    assert np.array_equal(open_picture(tagged)[0], open_picture(jpeg)[0])


@pytest.mark.parametrize("size", [(8, 30_000), (30_000, 8), (9, 9)])
def test_extreme_jpegs_are_opened(size):
    grey, upright = open_picture(encoded(Image.new("L", size, 200), "JPEG"))
    assert upright == size
    assert max(grey.shape) <= 1000


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP"])
def test_a_closed_image_is_named(drawing, kind):
    content = encoded(Image.fromarray(np.asarray(drawing)).convert("L"), kind)
    closed = Image.open(io.BytesIO(content))
    closed.close()
    with Image.open(io.BytesIO(content)) as left:
        pass
    file = io.BytesIO(content)
    without_file = Image.open(file)
    file.close()
    for image in (closed, left, without_file):
        for function in (open_picture, thumbnail):
            with pytest.raises(PictureError, match="has been closed"):
                function(image)


def test_an_image_that_was_decoded_before_it_was_closed_is_read(drawing):
    content = encoded(Image.fromarray(np.asarray(drawing)).convert("L"), "PNG")
    with Image.open(io.BytesIO(content)) as image:
        image.load()
    assert np.array_equal(open_picture(image)[0], open_picture(content)[0])


def test_too_little_memory_is_not_called_damage(drawing, monkeypatch):
    def no_memory(*_):
        raise MemoryError

    content = encoded(Image.fromarray(np.asarray(drawing)).convert("L"), "PNG")
    monkeypatch.setattr(Image.Image, "load", no_memory)
    with pytest.raises(PictureError, match="too little memory"):
        open_picture(content)


def test_a_file_too_large_for_the_memory_is_not_read(tmp_path):
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(100_000_001)
    for large in (tmp_path / "large.png", bytes(100_000_001)):
        with pytest.raises(PictureError, match="over 100 MB: make it smaller, or split it"):
            open_picture(large)


def test_a_scan_of_too_many_pages_is_named():
    pages = [Image.new("1", (8, 8))] * 201
    with pytest.raises(PictureError, match="201 pages; at most 200"):
        list(preprocessing.tiff_pages(encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]), 100))


def test_a_device_is_not_a_picture():
    with pytest.raises(PictureError, match="device, not a picture"):
        open_picture("/dev/zero")


def test_a_sound_tiff_in_a_rare_form_is_not_called_damaged():
    numbers = np.zeros((20, 20))  # 64-bit floats, which Pillow does not know
    entries = [
        (256, 20),
        (257, 20),
        (258, 64),
        (259, 1),
        (262, 1),
        (273, 134),
        (277, 1),
        (278, 20),
        (279, numbers.nbytes),
        (339, 3),
    ]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    tiff = b"II*\0" + struct.pack("<I", 8) + directory + bytes(4)
    assert len(tiff) == 134
    with pytest.raises(PictureError, match="This TIFF is cut short, or stored in a form that is not read here"):
        open_picture(tiff + numbers.tobytes())


@pytest.mark.parametrize(("name", "why"), [("", "no picture name"), ("a\0b", "no such file"), (5000 * "x", "cannot be opened")])
def test_names_that_lead_nowhere_are_named(name, why):
    with pytest.raises(PictureError, match=why):
        open_picture(name)


def test_a_photo_in_heic_is_read(drawing):
    content = io.BytesIO()
    pillow_heif.from_pillow(drawing.convert("RGB")).save(content)
    found, _, size = prepare(content.getvalue())
    assert size == drawing.size
    assert np.abs(found[0].image - prepare(drawing)[0][0].image.astype(int)).mean() < 3


@pytest.mark.parametrize("side", [270, 200, 150])
def test_a_sheet_in_a_transparent_picture_is_a_sheet_however_small(drawing, side):
    sheet = drawing.resize((side, side)).convert("RGBA")
    picture = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    picture.paste(sheet, ((300 - side) // 2, (300 - side) // 2))
    assert read(picture).text == "7"


@pytest.mark.parametrize(
    ("ink", "paper"), [((255, 201, 14), (153, 217, 234)), ((200, 30, 30), (60, 125, 60)), ((220, 40, 40), (60, 80, 200))]
)
def test_ink_that_differs_only_in_colour_is_ink(seven, ink, paper):
    cover = write_digits(seven, [(60, 40, 150)], (280, 240))[..., np.newaxis]
    picture = np.rint(np.array(paper) + cover * (np.array(ink) - np.array(paper))).astype(np.uint8)
    assert read(picture).text == "7"


def test_heic_without_its_package_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(PictureError, match="set the phone's camera to JPEG"):
        open_picture(b"\x00\x00\x00\x18ftypheic" + bytes(200))


@pytest.mark.parametrize("path", sample_paths(), ids=lambda path: path.name)
def test_polarity_of_the_samples(path):
    grey = list(prepare(path, without=["polarity"])[1].values())[1 if path.stem in {"desk_427", "class_sheet"} else 0]
    assert preprocessing.is_light_on_dark(grey) == (path.name.split("_")[0] in {"chalk", "screen", "tiny"})


@pytest.mark.parametrize("shadow", [0.0, 0.5])
@pytest.mark.parametrize("pen", ["dark", "light"])
def test_polarity_in_uneven_light(pen, shadow):
    rng = np.random.default_rng(2)
    colours = {} if pen == "dark" else {"pen": (225, 225, 218), "paper": (70, 80, 75)}
    decided = []
    for image in load_mnist().train.images[:20]:
        ink = write_digits(image[np.newaxis], [(100, 50, 300)], (500, 400))
        picture = photograph(ink, rng, light=0.7, shadow=shadow, **colours)
        decided.append(preprocessing.is_light_on_dark(open_picture(picture)[0]))
    assert decided == [pen == "light"] * 20


def test_paper_keeps_the_shadow_and_loses_the_ink():
    digit = load_mnist().train.images[:1]
    sheet = np.full((300, 400), 200, np.float32)
    sheet[:, 220:] = 90
    written = sheet * (1 - 0.8 * write_digits(digit, [(100, 50, 200)], (400, 300)))
    paper = preprocessing.paper_brightness(np.rint(written).astype(np.uint8))
    away_from_edge = np.abs(np.arange(400) - 220) > 12
    assert np.abs(paper - sheet)[:, away_from_edge].max() < 20


@pytest.fixture(scope="module")
def seven():
    digits = load_mnist().train
    return digits.images[np.flatnonzero(digits.labels == 7)[:1]]


@pytest.mark.parametrize("tilt", [0, 0.03])
@pytest.mark.parametrize("squares", [False, True])
def test_ruled_lines_go_and_the_bars_of_digits_stay(seven, squares, tilt):
    ink = write_digits(seven, [(250, 100, 300)], (800, 500))
    rules = draw_rules((800, 500), 90, squares=squares, thickness=3)
    turn = np.array([[1, -tilt, 250 * tilt], [tilt, 1, -400 * tilt]], np.float64)
    rules = cv2.warpAffine(rules, turn, (800, 500), borderMode=cv2.BORDER_REFLECT)
    cleaned = preprocessing.remove_lines(200 * np.maximum(ink, 0.5 * rules))
    written, left = (ink > 0.5)[:450], (cleaned > 60)[:450]  # below, the turned sheet's border repeats the last line
    assert (left & ~written).mean() < 0.004
    assert (written & ~left).sum() < 0.06 * written.sum()


def test_the_edges_of_a_box_go_and_a_digit_alone_stays(seven):
    ink = 200 * write_digits(seven, [(50, 50, 300)], (400, 400))
    boxed = ink.copy()
    cv2.rectangle(boxed, (12, 15), (386, 384), 150, 3)
    assert np.abs(preprocessing.remove_lines(boxed) - ink)[:, :330].mean() < 2
    assert np.array_equal(preprocessing.remove_lines(ink), ink)


@pytest.mark.parametrize("boxed", [False, True])
def test_a_bar_that_stops_short_of_the_sides_is_printed_only_if_there_is_one_at_the_bottom_too(boxed):
    page = np.zeros((240, 200), np.float32)
    page[12:18, 10:190] = 200
    cv2.line(page, (185, 18), (100, 200), 200, 6)
    page[120:124, :3] = page[120:124, -3:] = 200  # specks at both sides, so that lines are looked for
    page[222:228, 10:190] = 200 * boxed
    left = preprocessing.remove_lines(page)
    assert (left[12:18, 20:170] > 0).all() != boxed
    assert (left[12:18, 20:170] == 0).all() == boxed
    assert (left[60:190] > 0).sum() > 0.9 * (page[60:190] > 0).sum()


@pytest.mark.parametrize(("thickness", "is_line"), [(8, True), (30, False)])
def test_what_is_thick_is_no_line_to_write_on(thickness, is_line):
    page = np.zeros((200, 300), np.float32)
    page[80 : 80 + thickness] = 200
    assert np.array_equal(preprocessing.remove_lines(page), np.zeros_like(page) if is_line else page)


def test_a_digit_cut_out_tightly_keeps_its_bars(seven):
    ink = 200 * write_digits(seven, [(0, 0, 280)], (280, 280))
    tight = np.pad(preprocessing.crop(ink > 0), 6).astype(np.float32) * 200
    assert np.array_equal(preprocessing.remove_lines(tight), tight)


def test_pieces_can_be_joined_and_touching_digits_cut():
    left = preprocessing.make_digit(np.ones((40, 10), bool), (10, 20), 0, np.diag([2, 2, 1]))
    right = preprocessing.make_digit(np.ones((30, 10), bool), (30, 25), 0, np.diag([2, 2, 1]))
    wider = np.pad(np.ones((40, 10), bool), ((5, 0), (2, 0)))
    assert preprocessing.make_digit(wider, (8, 15), 0, np.diag([2, 2, 1])).box == left.box == (20, 40, 20, 80)
    joined = preprocessing.join(left, right)
    assert joined.box == (20, 40, 60, 80)
    assert joined.steps["crop"].sum() == 40 * 10 + 30 * 10
    bridged = np.zeros((40, 50), bool)
    bridged[:, :20] = bridged[:, 30:] = bridged[18:21] = True
    parts = preprocessing.segments(preprocessing.make_digit(bridged, (5, 0), 0, np.eye(3)))
    halves = [(parts[0, place], parts[place, max(parts)[1]]) for place in range(1, max(parts)[0] + 1)]
    assert any(20 <= one.box[2] <= 30 and 20 <= other.box[2] <= 30 for one, other in halves)


@pytest.mark.parametrize("slant", [-0.25, 0.25])
def test_a_cut_between_slanted_strokes_goes_through_neither(slant):
    middle = (45 + slant * (np.arange(80) - 40))[:, np.newaxis]
    left, right = (np.abs(np.arange(90) - middle - aside) < 4 for aside in (-10, 10))
    parts = preprocessing.segments(preprocessing.make_digit(left | right, (0, 0), 0, np.eye(3)))
    halves = [(parts.get((0, place)), parts.get((place, max(parts)[1]))) for place in range(1, max(parts)[1])]
    inks = [tuple(int(half.steps["crop"].sum()) for half in pair) for pair in halves if None not in pair]
    assert (left.sum(), right.sum()) in inks


def test_digits_are_found_in_reading_order():
    mask = np.zeros((200, 300), bool)
    places = [(20, 20), (20, 100), (32, 180), (110, 40), (100, 150)]
    for row, column in places:
        mask[row : row + 50, column : column + 20] = True
    found = preprocessing.find_digits(mask)
    assert [(y, x) for _, (x, y), _ in found] == places
    assert all(ink.shape == (50, 20) for ink, _, _ in found)
    assert [row for _, _, row in found] == [0, 0, 0, 1, 1]


def test_a_column_is_read_from_top_to_bottom_in_whatever_order_it_was_found():
    assert preprocessing.reading_order([(0, 50, 10, 20), (2, 0, 10, 20), (1, 100, 10, 20)]) == [(1, 0), (0, 1), (2, 2)]


def test_a_second_line_in_smaller_writing_is_a_second_line():
    boxes = [(62, 35, 20, 22), (0, 0, 20, 30), (5, 33, 20, 22), (60, 2, 20, 30)]
    assert preprocessing.reading_order(boxes) == [(1, 0), (3, 0), (2, 1), (0, 1)]


def test_what_is_left_of_printed_lines_is_no_digit_and_a_one_is():
    page = np.zeros((300, 500), bool)
    for left in (20, 120, 220):
        page[60:160, left : left + 60] = True
        page[70:150, left + 10 : left + 50] = False
    page[60:160, 330:340] = True
    ones = [corner for _, corner, _ in preprocessing.find_digits(page)]
    page[60:160, 420:423] = True  # finer than the pen
    page[250:260, 60:320] = True  # as thick as the pen, but level, and wider than digits are
    assert [corner for _, corner, _ in preprocessing.find_digits(page)] == ones == [(20, 60), (120, 60), (220, 60), (330, 60)]


def test_the_bar_of_a_five_belongs_to_it_and_specks_do_not():
    mask = np.zeros((120, 120), bool)
    mask[30:34, 50:80] = True
    mask[40:90, 45:50] = True
    mask[10:12, 10:12] = True
    found = preprocessing.find_digits(mask)
    assert len(found) == 1
    ink, corner, _ = found[0]
    assert corner == (45, 30)
    assert ink.shape == (60, 35)


@pytest.mark.parametrize("width", [1, 3, 8, 20, 45])
def test_strokes_of_every_width_come_out_alike(width):
    page = np.zeros((400, 400), np.uint8)
    cv2.line(page, (100, 60), (100, 340), 1, width)
    cv2.line(page, (100, 340), (300, 340), 1, width)
    even = preprocessing.even_stroke(preprocessing.crop(page > 0))
    wanted = mnist_form.STROKE / mnist_form.BOX * max(even.shape)
    assert 0.6 * wanted < preprocessing.stroke_width(even) < 1.6 * wanted


def test_a_digit_keeps_its_shape_and_balances_in_the_middle():
    mask = np.zeros((160, 60), bool)
    mask[:, :20] = mask[:20] = True
    boxed = preprocessing.fit_into_box(mask)
    assert boxed.shape == (20, 8)
    row, column = preprocessing.centre_of_mass(preprocessing.centre(boxed))
    assert abs(row - 13.5) <= 0.5
    assert abs(column - 13.5) <= 0.5


def test_without_its_balance_the_box_of_a_digit_is_in_the_middle():
    lopsided = np.zeros((20, 10), np.uint8)
    lopsided[:, 0] = 255
    assert mnist_form.centre(lopsided, by_mass=False).any(axis=0).nonzero()[0].tolist() == [10]
    assert mnist_form.centre(lopsided).any(axis=0).nonzero()[0].tolist() == [14]


def test_damage_that_looks_like_a_closed_picture_is_damage(drawing, monkeypatch):
    def broken(*_):
        raise AttributeError

    content = encoded(Image.fromarray(np.asarray(drawing)).convert("L"), "PNG")
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", broken)
    with pytest.raises(PictureError, match="damaged or cut short"):
        open_picture(content)


def test_mnist_digits_survive_the_whole_path():
    """A training digit, drawn large and prepared again, stays much the same."""
    images = load_mnist().train.images[:20]
    likeness = []
    for image in images:
        drawn = np.rint(255 * (1 - write_digits(image[np.newaxis], [(100, 100, 300)], (500, 500)))).astype(np.uint8)
        again = prepare(drawn, without=["stroke width"])[0][0].image
        likeness.append(np.corrcoef(again.ravel(), image.ravel())[0, 1])
    assert np.median(likeness) > 0.9


def test_every_switch_changes_something_somewhere():
    rng = np.random.default_rng(1)
    ink = write_digits(load_mnist().train.images[3:4], [(150, 60, 300)], (600, 420))
    picture = photograph(ink, rng, rules=draw_rules((600, 420), 100), rule_colour=(60, 60, 60), light=0.8, shadow=0.5)
    normal = prepare(picture)[0][0].image
    for switch in preprocessing.SWITCHES:
        if switch not in {"polarity", "sheet"}:  # test_sheet has those with a sheet
            changed = prepare(picture, without=[switch])[0]
            assert len(changed) != 1 or not np.array_equal(changed[0].image, normal), switch
    negative = 255 - photograph(ink, rng)
    assert "inverted" in prepare(negative)[1]
    assert "inverted" not in prepare(negative, without=["polarity"])[1]


def test_a_spray_of_specks_does_no_harm():
    specks = np.zeros((900, 1000), bool)
    specks[::29, ::31] = True
    digit = preprocessing.like_mnist(specks)
    assert digit.shape == (28, 28)
    assert digit.any()
    rng = np.random.default_rng(0)
    for density in (0.001, 0.01, 0.1, 0.5):
        prepare(np.where(rng.uniform(size=(300, 400)) < density, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("shape", [(8, 1000), (1000, 8), (8, 8), (9, 400), (3000, 20)])
def test_narrow_pictures_do_no_harm(shape):
    noise = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    for picture in (noise, np.zeros(shape, np.uint8), np.eye(*shape, dtype=np.uint8) * 255):
        prepare(picture)


def test_an_unknown_switch_is_refused():
    with pytest.raises(ValueError, match="Unknown step colour: use sheet, polarity"):
        prepare(np.full((50, 50), 255, np.uint8), without=["colour"])


def test_without_ink_nothing_is_found():
    rng = np.random.default_rng(5)
    for light in (0.0, 0.4, 0.8):
        sheet = photograph(np.zeros((400, 500), np.float32), rng, light=light, shadow=0.3)
        assert prepare(sheet)[0] == []
    assert prepare(np.full((60, 60), 128, np.uint8))[0] == []


def test_the_last_digit_of_a_row_may_reach_the_border():
    digits = load_mnist().train.images[[1, 3, 7]]
    ink = write_digits(digits, [(20, 30, 200), (230, 30, 200), (455, 30, 200)], (800, 260)) > 0.5
    right_end = int(np.flatnonzero(ink.any(axis=0))[-1])
    assert len(preprocessing.find_digits(ink[:, : right_end + 1])) == 3
