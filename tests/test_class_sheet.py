"""The sheet that a pupil writes digits on: printed, photographed, read, and collected for a whole class."""

import re
from dataclasses import replace

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image

from digitkit.__main__ import main
from digitkit.colours import ORANGE
from digitkit.data import data_dir, load_mnist
from digitkit.files import FolderError
from digitkit.handwriting import (
    Collecting,
    FilledSheet,
    contact_sheet,
    load_class,
    load_digits,
    print_sheets,
    read_sheets,
    save_digits,
    table,
)
from digitkit.handwriting.pretend_photo import fill_in, printed
from digitkit.handwriting.sheet_layout import PAPERS, boxes
from digitkit.handwriting.sheet_reading import find_markers
from digitkit.simulate import Desk, on_a_desk

PHOTO = data_dir() / "samples" / "class_sheet.jpg"  # sheet 7: box (6, 2) is empty, (4, 5) crossed out, 2026 in the last row


def colours(path=PHOTO):
    return np.asarray(Image.open(path).convert("RGB"))


def contents(sheet):
    return {(box.label, box.column): box.content for box in sheet.boxes}


def filled_in(number, digits, **what):
    """A flat filled sheet: the first digits of each kind, box after box."""
    written = {(label, column): digits.images[digits.labels == label][column] for label, column in boxes()}
    return fill_in(printed(number), written, np.random.default_rng(number), **what)


@pytest.fixture(scope="module")
def sheet():
    [one], problems = read_sheets(PHOTO)
    assert problems == []
    return one


@pytest.fixture(scope="module")
def other_photo():
    """Sheet 12 by another hand, lying flat, as a scanner sees it: the box of the first 3 is crossed out."""
    return Image.fromarray(cv2.resize(filled_in(12, load_mnist().train[500:1500], crossed_out=[(3, 0)]), None, fx=0.6, fy=0.6))


# ── Printed ──


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_each_page_is_as_large_as_the_paper_and_says_its_number(tmp_path, paper):
    print_sheets(tmp_path / "sheets.pdf", 2, paper)
    document = pypdfium2.PdfDocument((tmp_path / "sheets.pdf").read_bytes())
    assert len(document) == 2
    np.testing.assert_allclose(document[0].get_size(), [side * 72 / 25.4 for side in PAPERS[paper]], atol=0.1)
    for number, words in ((1, "sheet one (1)"), (2, "sheet two (2)")):
        page = document[number - 1]
        assert words in page.get_textpage().get_text_range()
        for grey in (page.render(scale=2, grayscale=True).to_numpy(), copied(page)):
            assert {corner for corner, _ in find_markers(grey)[number]} == {0, 1, 2, 3}


def copied(page):
    """A page as a photocopier leaves it: black or white."""
    return np.where(page.render(scale=3, grayscale=True).to_numpy() > 150, 255, 0).astype(np.uint8)


def test_a_black_and_white_copy_still_shows_the_boxes(tmp_path):
    print_sheets(tmp_path / "sheet.pdf", 1)
    copy = copied(pypdfium2.PdfDocument((tmp_path / "sheet.pdf").read_bytes())[0])
    x, y = (int((margin + start) * 3 * 72 / 25.4) for margin, start in zip((15, 21), boxes()[0, 1][:2], strict=True))
    assert (copy[y : y + 150, x - 5 : x + 6].min(axis=1) == 0).sum() > 30  # the dots of the left edge


def test_it_is_sharp_on_every_printer(tmp_path):
    print_sheets(tmp_path / "sheets.pdf", 2)
    pdf = (tmp_path / "sheets.pdf").read_bytes()
    assert b"/Image" not in re.sub(rb"/Image[BCI]", b"", pdf)  # lines and letters only
    print_sheets(tmp_path / "again.pdf", 2)
    assert (tmp_path / "again.pdf").read_bytes() == pdf


@pytest.mark.parametrize(
    ("pupils", "paper", "message"), [(0, "a4", "for 1 to 249"), (250, "a4", "250"), (3, "a3", "a4 or letter")]
)
def test_what_cannot_be_printed_is_said(tmp_path, pupils, paper, message):
    with pytest.raises(ValueError, match=message):
        print_sheets(tmp_path / "sheets.pdf", pupils, paper)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_sheet_has_nothing_in_its_boxes():
    [blank], problems = read_sheets(cv2.resize(printed(3) * -255 + 255, None, fx=0.6, fy=0.6).astype(np.uint8))
    assert blank.number == 3
    assert set(contents(blank).values()) == {"empty"}
    assert blank.own_number == ""
    assert len(blank.digits()) == 0
    assert problems == []


# ── Read ──


def test_a_photo_on_a_desk_is_read_box_by_box(sheet):
    assert sheet.number == 7
    assert sheet.own_number == "2026"
    assert [box for box, content in contents(sheet).items() if content == "empty"] == [(6, 2)]
    assert [box for box, content in contents(sheet).items() if content == "crossed out"] == [(4, 5)]
    assert sum(box.digit.label == box.label for box in sheet.boxes if box.digit) >= 76


def test_digits_come_as_a_fair_mix_with_the_labels_of_their_rows(sheet):
    digits = sheet.digits()
    assert digits.images.dtype == np.uint8
    assert digits.labels.dtype == np.uint8
    assert digits.labels[:20].tolist() == [*range(10), *range(10)]
    assert np.bincount(digits.labels).tolist() == [8, 8, 8, 8, 7, 8, 7, 8, 8, 8]


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_photo_may_be_turned(sheet, turns):
    [turned], _ = read_sheets(np.rot90(colours(), turns))
    assert contents(turned) == contents(sheet)


def test_one_corner_may_be_hidden(sheet):
    covered = colours().copy()
    cv2.circle(covered, (400, 985), 90, (180, 140, 120), -1)  # a thumb on the lower left marker
    [read], problems = read_sheets(covered)
    assert problems == []
    hidden = [box for box, content in contents(read).items() if content != contents(sheet)[box]]
    assert all(contents(read)[box] == "hidden" for box in hidden)
    assert len(hidden) <= 3


def test_boxes_outside_the_photo_are_hidden_and_those_in_it_are_read(sheet):
    [read], problems = read_sheets(colours()[:, 550:])  # without the lower left marker, and the first box of the last rows
    assert problems == []
    outside = [box for box, content in contents(read).items() if content == "hidden"]
    assert (9, 0) in outside
    assert {column for _, column in outside} == {0}
    assert all(content == contents(sheet)[box] for box, content in contents(read).items() if content != "hidden")


def test_two_missing_corners_are_named():
    for part, said in ((colours()[:, :1020], "top right, bottom right"), (colours()[300:], "top left, top right")):
        sheets, [problem] = read_sheets(part)
        assert sheets == []
        assert "Two corners of sheet 7 are cut off or covered, or not sharp" in problem
        assert said in problem


def test_a_sheet_that_is_too_small_is_named():
    small = np.full((1300, 2000, 3), 120, np.uint8)
    small[400:880, 500:1140] = cv2.resize(colours(), (640, 480), interpolation=cv2.INTER_AREA)
    sheets, [problem] = read_sheets(small)
    assert sheets == []
    assert problem == (
        "Sheet 7 is too small in the photo: go closer with the camera. (Did a messenger shrink the photo? Send the file itself.)"
    )


def test_other_pictures_hold_no_sheet():
    for path in sorted((data_dir() / "samples").glob("*.*")):
        if path != PHOTO:
            assert read_sheets(path) == ([], []), path.name


def test_two_sheets_in_one_photo_are_told_apart(other_photo):
    other = np.asarray(other_photo)
    photo = np.full((1500, 2700, 3), 90, np.uint8)
    photo[100:1300, 50:1650] = colours()
    photo[30 : 30 + other.shape[0], 1680 : 1680 + other.shape[1]] = other[:, : 2700 - 1680]
    sheets, problems = read_sheets(photo)
    assert problems == []
    assert [(one.number, contents(one)[4, 5], contents(one)[3, 0]) for one in sheets] == [
        (7, "crossed out", "digit"),
        (12, "digit", "crossed out"),
    ]


def test_two_sheets_with_one_number_are_named():
    sheets, [problem] = read_sheets(np.hstack([colours()[:, 300:1250]] * 2))
    assert sheets == []
    assert "two sheets with the number 7" in problem


def test_digits_that_touch_across_a_border_stay_in_their_boxes():
    ink = 1 - printed(5)
    flat = np.clip(255 * ink, 0, 255).astype(np.uint8)
    (x, y, width, height), margin = boxes()[3, 3], (15, 21)
    left, top = (round(8 * (start + frame)) for start, frame in zip((x, y), margin, strict=True))
    middle = top + 4 * height
    cv2.ellipse(flat, (left + 110, middle), (44, 50), 0, 0, 360, 20, 7)  # a ring in each of two boxes, and a bridge between
    cv2.ellipse(flat, (left + 8 * width + 50, middle), (44, 50), 0, 0, 360, 20, 7)
    [sheet], _ = read_sheets(cv2.resize(flat, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA))
    assert {box: content for box, content in contents(sheet).items() if content != "empty"} == {(3, 3): "digit", (3, 4): "digit"}
    assert [box.digit.label for box in sheet.boxes if box.digit] == [0, 0]


# ── Collected ──


def collect(folder, *photos):
    """The sentences said about photos (name, picture), and the Collecting."""
    collecting = Collecting(folder)
    return [collecting.add(*photo) for photo in photos], collecting


def test_each_sheet_becomes_a_file_as_soon_as_it_is_read(tmp_path, sheet, other_photo):
    said, _ = collect(tmp_path / "class", ("a.jpg", PHOTO), ("b.png", other_photo))
    assert said == [(["sheet 7: 78 digits"], []), (["sheet 12: 79 digits"], [])]
    pupils = load_class(tmp_path / "class")
    assert list(pupils) == ["sheet_07", "sheet_12"]
    np.testing.assert_array_equal(pupils["sheet_07"].images, sheet.digits().images)


@pytest.mark.slow
def test_of_two_photos_of_a_sheet_the_better_one_is_kept(tmp_path):
    covered = colours().copy()
    cv2.line(covered, (1400, 600), (1120, 600), (40, 30, 25), 70)  # a thumb
    for photos, last in (
        ([covered, PHOTO], "better photo than the one in a.jpg"),
        ([PHOTO, covered], "better photo of it is in a.jpg"),
    ):
        folder = tmp_path / str(len(last))
        said, _ = collect(folder, ("a.jpg", photos[0]), ("b.jpg", photos[1]))
        assert last in said[1][0][0]
        assert len(load_digits(folder / "sheet_07.npz")) == 78
        assert not said[0][1] + said[1][1]


@pytest.mark.slow
def test_another_hand_with_the_same_number_is_not_mixed_in(tmp_path):
    twin = cv2.resize(filled_in(7, load_mnist().train[3000:4000]), None, fx=0.6, fy=0.6)
    said, _ = collect(tmp_path, ("a.jpg", PHOTO), ("b.jpg", twin))
    assert said[1][0] == []
    assert "Have two pupils the same number?" in said[1][1][0]
    assert "move its file here as sheet_07b.npz" in said[1][1][0]
    assert len(load_digits(tmp_path / "sheet_07.npz")) == 78


@pytest.mark.slow
def test_a_file_from_before_stays_as_it_is(tmp_path, sheet):
    corrected = sheet.digits()[2:]  # somebody has looked through it, and taken two out
    save_digits(tmp_path / "sheet_07.npz", corrected)
    said, collecting = collect(tmp_path, ("a.jpg", PHOTO))
    assert "sheet_07.npz was there before and stays as it is" in said[0][0][0]
    assert (collecting.outdated, collecting.written) == ({7}, set())
    assert len(load_digits(tmp_path / "sheet_07.npz")) == 76
    anew = Collecting(tmp_path, overwrite=True)
    assert anew.add("a.jpg", PHOTO) == (["sheet 7: 78 digits"], [])
    assert len(load_digits(tmp_path / "sheet_07.npz")) == 78
    said, collecting = collect(tmp_path, ("a.jpg", PHOTO))
    assert said[0][0] == ["sheet 7: 78 digits, the same as before"]
    assert collecting.written == set()
    save_digits(tmp_path / "sheet_07.npz", load_mnist().train[:40])
    said, _ = collect(tmp_path, ("a.jpg", PHOTO))
    assert "in the file sheet_07.npz, with other digits" in said[0][1][0]
    (tmp_path / "sheet_07.npz").write_bytes(b"half a file")
    said, _ = collect(tmp_path, ("a.jpg", PHOTO))
    assert "Move it away" in said[0][1][0]
    assert (tmp_path / "sheet_07.npz").read_bytes() == b"half a file"


def test_what_cannot_be_used_is_said_with_what_to_do(tmp_path):
    said, collecting = collect(tmp_path, ("a.jpg", data_dir() / "samples" / "pen_7.jpg"), ("b.jpg", b"no picture"))
    assert "There is no sheet in this photo" in said[0][1][0]
    assert "not a picture" in said[1][1][0]
    said, _ = collect(tmp_path, ("c.png", cv2.resize(255 - printed(3) * 255, None, fx=0.6, fy=0.6).astype(np.uint8)))
    assert said[0][1] == ["Sheet 3 has nothing in its boxes."]
    assert not collecting.sheets
    assert list(tmp_path.iterdir()) == []


def test_the_contact_sheet_marks_mistakes_and_the_table_names_them(sheet, other_photo):
    first, *others = [box for box in sheet.boxes if not box.is_wrong]
    doubtful = replace(first, digit=replace(first.digit, confidence=0.1, no_digit=0.9))
    right = FilledSheet(7, [doubtful, *others], "", sheet.picture)
    wrong = FilledSheet(
        8,
        [type(box)(1, box.column, "digit", box.digit) for box in sheet.boxes if box.label == 4 and box.digit],
        "",
        sheet.picture,
    )
    orange = np.array([int(ORANGE[start : start + 2], 16) for start in (1, 3, 5)])

    def count_orange(sheets):
        return (np.asarray(contact_sheet(sheets)) == orange).all(axis=2).sum()

    assert count_orange([right, wrong]) > count_orange([right, right]) + 1000
    lines = table([right, wrong]).splitlines()
    heads = ["sheet", "digits", "right", "doubtful", "empty", "crossed out", "hidden", "own number", "read wrong"]
    assert re.split(r"\s{2,}", lines[0].strip()) == heads
    assert lines[1].split()[:6] == ["7", "76", "75", "1", "1", "1"]
    assert lines[2].endswith("1 as 4 (7 times)")
    assert lines[3].split() == ["all", "83", "75", "1", "1", "1", "0"]


# ── By command ──


def test_sheets_are_written_once(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["sheet", "--pupils", "2", "--out", "mine.pdf"]) == 0
    assert "2 sheets in mine.pdf" in capsys.readouterr().out
    before = (tmp_path / "mine.pdf").read_bytes()
    assert main(["sheet", "--pupils", "3", "--out", "mine.pdf"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "mine.pdf").read_bytes() == before
    assert main(["sheet", "--pupils", "3", "--out", "mine.pdf", "--overwrite"]) == 0
    assert len(pypdfium2.PdfDocument((tmp_path / "mine.pdf").read_bytes())) == 3
    assert main(["sheet", "--pupils", "300", "--out", "many.pdf"]) == 1
    assert "for 1 to 249 pupils, not for 300" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["sheet", "--pupils", "many"])
    assert "how many? A whole number, not many" in capsys.readouterr().err
    assert main(["sheet", "--out", "sheets.png"]) == 1
    assert "ends in .pdf" in capsys.readouterr().err
    assert main(["sheet", "--out", "nowhere/sheets.pdf"]) == 1
    assert "no folder nowhere" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.pdf"]


def test_a_folder_of_photos_and_a_scan_become_a_class(tmp_path, capsys, other_photo):
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "IMG_1.JPG").write_bytes(PHOTO.read_bytes())
    (photos / "IMG_2.jpg").write_bytes((data_dir() / "samples" / "pen_7.jpg").read_bytes())
    (photos / "notes.txt").write_text("not a photo")
    other_photo.save(photos / "scan.pdf", resolution=120)
    blank = Image.new("RGB", other_photo.size, "white")
    blank.save(photos / "scan.tiff", save_all=True, append_images=[other_photo.copy()])
    (photos / "locked.pdf").write_bytes(b"%PDF-1.7 cut off")
    assert main(["collect", str(photos), "--out", str(tmp_path / "class")]) == 1  # because of two files that cannot be used
    printed_out, complained = capsys.readouterr()
    assert printed_out.splitlines()[:3] == [
        "IMG_1.JPG   sheet 7: 78 digits",
        "scan.pdf, page 1   sheet 12: 79 digits",
        "scan.tiff, page 2   sheet 12: 79 digits; the better photo of it is in scan.pdf, page 1",
    ]
    assert re.search(r"^ *7 +78 .* 2026", printed_out, re.MULTILINE)
    assert "IMG_2.jpg   There is no sheet" in complained
    assert "scan.tiff, page 1   There is no sheet" in complained
    assert "locked.pdf   This PDF is damaged" in complained
    assert "Passed over, because they are no photos: notes.txt" in complained
    assert "Collected 2 sheets; not collected: 3." in printed_out
    assert sorted(path.name for path in (tmp_path / "class").iterdir()) == ["contact_sheet.png", "sheet_07.npz", "sheet_12.npz"]
    assert main(["collect", str(photos / "IMG_1.JPG"), "--out", str(tmp_path / "class")]) == 0
    assert "has changed" in capsys.readouterr().out
    assert main(["collect", str(photos / "IMG_1.JPG"), "--out", str(photos)]) == 0
    assert (photos / "contact_sheet.png").is_file()  # which is no photo, next time
    (tmp_path / "class" / "sheet_07.npz").unlink()
    assert main(["collect", str(photos), "--out", str(tmp_path / "class")]) == 1
    assert "contact_sheet.png   " not in capsys.readouterr().err
    assert (tmp_path / "class" / "contact_sheet_2.png").is_file()


def test_a_damaged_page_of_a_scan_is_named_and_does_not_end_it(tmp_path, capsys, other_photo):
    scan = tmp_path / "scan.pdf"
    other_photo.save(scan, append_images=[other_photo], save_all=True, resolution=120)
    scan.write_bytes(scan.read_bytes().replace(b"<<\n/Resources", b"((\n/Resources", 1))
    assert main(["collect", str(scan), "--out", str(tmp_path / "class")]) == 1
    said, complained = capsys.readouterr()
    assert complained == "scan.pdf, page 1   This page of the PDF is damaged: scan it again.\n"
    assert "scan.pdf, page 2   sheet 12: 79 digits" in said


@pytest.mark.slow
def test_an_interrupted_run_loses_nothing(tmp_path, capsys, monkeypatch, other_photo):
    def interrupted(self, name, picture):
        if name == "b.png":
            raise KeyboardInterrupt
        return add(self, name, picture)

    add = Collecting.add
    monkeypatch.setattr(Collecting, "add", interrupted)
    (tmp_path / "a.jpg").write_bytes(PHOTO.read_bytes())
    other_photo.save(tmp_path / "b.png")
    files = [str(tmp_path / name) for name in ("a.jpg", "b.png")]
    assert main(["collect", *files, "--out", str(tmp_path / "class")]) == 130
    assert re.search(r"^ *7 +78 ", capsys.readouterr().out, re.MULTILINE)
    assert list(load_class(tmp_path / "class")) == ["sheet_07"]
    monkeypatch.setattr(Collecting, "add", add)
    assert main(["collect", *files, "--out", str(tmp_path / "class")]) == 0
    assert list(load_class(tmp_path / "class")) == ["sheet_07", "sheet_12"]


def test_a_missing_photo_and_a_folder_that_cannot_be_are_named(tmp_path, capsys):
    assert main(["collect", str(tmp_path / "gone.jpg"), str(tmp_path / "gone.pdf"), "--out", str(tmp_path / "class")]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2
    assert all("no such file" in error for error in errors)
    (tmp_path / "empty").mkdir()
    assert main(["collect", str(tmp_path / "empty"), "--out", str(tmp_path / "class")]) == 1
    assert "There are no photos in" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert not (tmp_path / "class").exists()  # nothing collected, nothing left behind
    with pytest.raises(FolderError, match="is a file: name a folder"):
        Collecting(tmp_path / "file")
    assert main(["collect", str(PHOTO), "--out", str(tmp_path / "file" / "class")]) == 1
    assert "cannot be created" in capsys.readouterr().err


@pytest.mark.slow
def test_photos_on_other_desks_are_read():
    """A few of the hundred photos that benchmarks/sheets.py takes."""
    rng, digits = np.random.default_rng(8), load_mnist().train[:2000]
    desks = [Desk((196, 60, 58), "cloth", 6, "checks", (226, 214, 204)), Desk((34, 34, 38)), Desk((176, 132, 84), "wood", 9)]
    right = read = 0
    for number, desk in enumerate(desks, start=1):
        flat = filled_in(number, digits[600 * number - 600 : 600 * number])
        [sheet], _ = read_sheets(on_a_desk(flat, desk, rng, (1800, 2400), largest_turn=180))
        assert sheet.number == number
        assert sheet.count("empty") == sheet.count("crossed out") == 0
        filled = [box for box in sheet.boxes if box.digit]
        read, right = read + len(filled), right + sum(not box.is_wrong for box in filled)
    assert read >= 237
    assert right >= 0.97 * read


@pytest.mark.parametrize("side", [20, 60])
def test_a_sheet_that_lies_on_squared_paper_is_found(side):
    """Squares smaller or larger than its markers, so many that not all can be looked at."""
    photo = cv2.imread(str(data_dir() / "samples" / "class_sheet.jpg"), cv2.IMREAD_GRAYSCALE)
    ground = np.full((photo.shape[0] + 600, photo.shape[1] + 600), 225, np.uint8)
    for start in (0, 1):
        ground[start::side] = ground[:, start::side] = 120
    ground[300:-300, 300:-300] = photo
    assert [len(markers) for markers in find_markers(ground).values()] == [4]
