"""Photos of class sheets -> a file of digits for each pupil, saved as soon as the photo is read."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from digitkit.files import FolderError, reason, visible
from digitkit.handwriting.digit_file import HandwritingError, load_digits, save_digits
from digitkit.handwriting.sheet_reading import PHOTO_SIZE, FilledSheet, read_sheets
from digitkit.preprocessing import MAX_PAGES, PictureError, read_file, tiff_pages
from digitkit.words import counted

SUFFIXES = {".jpg", ".jpeg", ".png", ".heic", ".heif", ".tif", ".tiff", ".webp", ".avif", ".bmp", ".gif", ".pdf"}
NO_SHEET = (
    "There is no sheet in this photo, or it is too far away or not sharp. Is it the back of a sheet, or another paper? "
    "Photograph the front, with all four black squares."
)
ALIKE = 0.93  # two photos of one sheet correlate with 0.97 and more, the digits of two hands with up to 0.84


def photos(paths: Iterable[str | Path]) -> tuple[list[Path], list[Path]]:
    """The files to read, and what is passed over: of a folder, its pictures and PDFs are read, by name, and all else is not.

    The kit's own files in a folder, contact sheets and digits, are in neither list. Raises FolderError if one cannot be opened.
    """
    files, others = [], []
    for path in map(Path, paths):
        try:
            inside = visible(path.iterdir()) if path.is_dir() else []
        except OSError as error:
            raise FolderError(f"The folder {path} cannot be opened ({reason(error)}).") from error
        inside = [file for file in inside if file.suffix != ".npz" and not file.name.startswith("contact_sheet")]
        files += [file for file in inside if file.suffix.lower() in SUFFIXES] if path.is_dir() else [path]
        others += [file for file in inside if file.suffix.lower() not in SUFFIXES]
    return files, others


def pages(path: Path) -> Iterator[tuple[str, object]]:
    """The pictures in a file, each with its name: a photo is one, a PDF or TIFF from a scanner has one for each page.

    A page of a PDF that cannot be drawn is the PictureError that says so, and does not end the file.

    Raises PictureError if such a file cannot be opened.
    """
    kind = path.suffix.lower()
    if kind == ".pdf":
        yield from _pages_of_pdf(path)
    elif kind in {".tif", ".tiff"}:
        for number, page in enumerate(tiff_pages(read_file(path), PHOTO_SIZE), start=1):
            yield f"{path.name}, page {number}", page
    else:
        yield path.name, path


def _pages_of_pdf(path):
    import pypdfium2  # only now: most photos are no PDFs

    content = read_file(path)
    try:
        document = pypdfium2.PdfDocument(content)
        if len(document) > MAX_PAGES:
            raise PictureError(f"This PDF has {len(document):,} pages; at most {MAX_PAGES} are read from one: split it.")
    except PictureError:
        raise
    except Exception as error:
        raise PictureError("This PDF is damaged, or locked with a password: save it again, without one.") from error
    for number in range(len(document)):
        yield f"{path.name}, page {number + 1}", _rendered(document, number)


def _rendered(document, number):
    """A page of a PDF as a picture, or the PictureError that says why it is none."""
    try:
        page = document[number]
        return page.render(scale=PHOTO_SIZE / max(page.get_size())).to_numpy()[..., ::-1]
    except Exception:  # without a size, say, or with one that no memory can hold
        return PictureError("This page of the PDF is damaged: scan it again.")


class Collecting:
    """The sheets of a class, photo after photo. Each sheet's digits are saved at once, so an interruption loses nothing.

    folder: where the files go, `sheet_07.npz` for sheet 7; created with the first. network: what reads, as for `reading.read`.
    overwrite: whether to replace files of the same sheets that were there before; else they stay as they are.
    sheets: {number: (name of the photo, FilledSheet)}, of two photos of a sheet the better one. written: the numbers of the
    sheets whose files are new. outdated: of those whose file stays, though this photo shows something else.
    Raises FolderError if the folder is a file.
    """

    def __init__(self, folder: str | Path, network: object = None, overwrite: bool = False) -> None:
        self.folder, self.network, self.overwrite = Path(folder), network, overwrite
        if self.folder.exists() and not self.folder.is_dir():
            raise FolderError(f"{folder} is a file: name a folder.")
        self.sheets: dict[int, tuple[str, FilledSheet]] = {}
        self.written: set[int] = set()
        self.outdated: set[int] = set()
        self._there_before: set[int] = set()  # whose files stay as they are

    def add(self, name: str, picture: object) -> tuple[list[str], list[str]]:
        """Read one photo and save the digits of its sheets. name: of the photo. picture: as for `read_sheets`, or
        a PictureError in place of one.

        Returns (done, problems): what was collected, and what was not, and why: a sentence for each sheet.
        Raises FolderError if a file cannot be written.
        """
        try:
            if isinstance(picture, PictureError):
                raise picture
            sheets, problems = read_sheets(picture, self.network)
        except PictureError as error:
            return [], [str(error)]
        done: list[str] = []
        for sheet in sheets:
            collected, sentence = self._keep(name, sheet)
            (done if collected else problems).append(sentence)
        return done, problems or ([] if done else [NO_SHEET])

    def _keep(self, name, sheet):
        """Whether the sheet is collected now, and a sentence."""
        digits, path = sheet.digits(), self.folder / sheet.file_name
        if not len(digits):
            return False, f"Sheet {sheet.number} has nothing in its boxes."
        try:
            known = self._known(sheet.number, path)
        except HandwritingError as error:
            return False, f"{error} Move it away to collect sheet {sheet.number} again."
        where = f"in {self.sheets[sheet.number][0]}" if sheet.number in self.sheets else f"in the file {path.name}"
        if known and not _are_alike(known, digits):
            return False, (
                f"Sheet {sheet.number} is known already, {where}, with other digits. Have two pupils the same number? This one "
                f"was not collected: collect it into another folder, and move its file here as {path.stem}b.npz."
            )
        sentence = f"sheet {sheet.number}: {counted(len(digits), 'digit')}"
        if sheet.number in self.sheets:
            if _quality(sheet) <= _quality(self.sheets[sheet.number][1]):
                return True, f"{sentence}; the better photo of it is {where}"
            sentence += f"; a better photo than the one {where}"
        elif known and not self.overwrite:
            self._there_before.add(sheet.number)
        self.sheets[sheet.number] = name, sheet
        if known and _are_equal(known, digits):
            return True, f"{sentence}, the same as before"
        if sheet.number in self._there_before:
            self.outdated.add(sheet.number)
            return True, f"{sentence}; {path.name} was there before and stays as it is"
        save_digits(path, digits)
        self.written.add(sheet.number)
        return True, sentence

    def _known(self, number, path):
        """The digits of a sheet that are known already, from this time or from an earlier one; None if there are none."""
        if number in self.sheets:
            return self.sheets[number][1].digits()
        return load_digits(path) if path.exists() else None


def _quality(sheet):
    """Of two photos of a sheet, the better one shows more digits, and fewer doubtful ones."""
    return sheet.count("digit"), -sum(box.is_doubtful for box in sheet.boxes)


def _are_equal(digits, others):
    return np.array_equal(digits.images, others.images) and np.array_equal(digits.labels, others.labels)


def _are_alike(digits, others):
    """Whether two sets of digits are from photos of the same sheet: nearly each one has its like in the other set."""
    one, other = _flat(digits.images), _flat(others.images)
    alike = np.where(digits.labels[:, np.newaxis] == others.labels, one @ other.T, -1)
    return np.median(alike.max(axis=1)) > ALIKE


def _flat(images):
    """Images as vectors (n, 784) whose products are correlations; slightly blurred, so that a shift by a pixel counts little."""
    vectors = np.stack([cv2.GaussianBlur(image.astype(np.float32), (0, 0), 1.0).ravel() for image in images])
    vectors -= vectors.mean(axis=1, keepdims=True)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
