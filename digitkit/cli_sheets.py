"""The two commands about class sheets: python -m digitkit sheet | collect. complain: what says a sentence about what is wrong."""

from collections.abc import Callable
from pathlib import Path

from digitkit.files import FolderError, check_free, check_writable, replacing, unused
from digitkit.handwriting import Collecting, contact_sheet, pages, photos, print_sheets, table
from digitkit.network import NetworkError
from digitkit.preprocessing import in_a_sentence
from digitkit.words import counted


def print_to(out: Path, pupils: int, paper: str, overwrite: bool, complain: Callable) -> int:
    """Write the sheets as a PDF. Returns the exit status."""
    if out.suffix.lower() != ".pdf":
        complain(f"The sheets are a PDF: name a file that ends in .pdf, not {out}.")
        return 1
    check_free(out, overwrite)
    check_writable(out)
    try:
        print_sheets(out, pupils, paper)
    except ValueError as error:
        complain(error)
        return 1
    print(f"{counted(pupils, 'sheet')} in {out}. Print them in actual size (100 %), one for each pupil.")
    return 0


def collect(names: list[str], folder: Path, overwrite: bool, complain: Callable) -> int:
    """Collect the sheets of some photos, and say what came of each. Returns the exit status: 1 if one could not be used."""
    collecting = Collecting(folder, overwrite=overwrite)
    files, passed_over = photos(names)
    if passed_over:
        complain(f"Passed over, because they are no photos: {', '.join(path.name for path in passed_over)}")
    if not files:
        complain(f"There are no photos in {', '.join(names)}.")
    unusable = 0
    try:
        for path in files:
            unusable += _collect_from(path, collecting, complain)
    finally:  # after an interruption, too, there is a table of what has been collected
        _show(collecting)
    print(f"Collected {counted(len(collecting.sheets), 'sheet')}{f'; not collected: {unusable}' if unusable else ''}.")
    return int(unusable > 0 or not files)


def _collect_from(path, collecting, complain):
    """How many sheets of a file, or pages without a sheet, were not collected."""
    unusable = 0
    for name, done, problems in _added(path, collecting):
        for sentence in done:
            print(f"{name}   {sentence}", flush=True)
        for sentence in problems:
            unusable += 1
            complain(f"{name}   {sentence}")
    return unusable


def _added(path, collecting):
    """For each page of a file its name, and what `Collecting.add` says of it."""
    try:
        for name, picture in pages(path):
            yield name, *collecting.add(name, picture)
    except (FolderError, NetworkError):
        raise
    except Exception as error:  # whatever is wrong with one file, the others are read
        yield path.name, [], [in_a_sentence(error)]


def _show(collecting):
    sheets = [sheet for _, (_, sheet) in sorted(collecting.sheets.items())]
    if not sheets:
        return
    print(f"\n{table(sheets)}\n")
    if any(box.is_wrong for sheet in sheets for box in sheet.boxes):
        print("(1 as 7: a 1 was written, a 7 was read. It is collected as a 1.)")
    if collecting.outdated:
        numbers = ", ".join(map(str, sorted(collecting.outdated)))
        print(
            f"Files that were there before stay as they are (sheets {numbers}); the table is about the photos. To replace them:"
        )
        print("the same command with --overwrite.")
    if collecting.written:
        path = unused(collecting.folder / "contact_sheet.png")
        with replacing(path) as unfinished:
            contact_sheet(sheets).save(unfinished, format="PNG")
        print(f"The digits are in {collecting.folder}. Look through {path.name} before you use them.")
    else:
        print(f"Nothing in {collecting.folder} has changed.")
