"""The command line: python -m digitkit start | predict | train | sheet | collect | collect-work | page | app | doctor."""

import argparse
import json
import os
import sys
from pathlib import Path

from digitkit.doctor import examine
from digitkit.files import FolderError, check_free, check_writable, home_dir
from digitkit.outputs import prepare_outputs
from digitkit.words import rounded_percent

START = """The lessons, without their outputs, are copied into the folder lessons in your own folder: the first time all, later
only what is missing. So what you did stays, and a lesson that you delete comes back clean. Then JupyterLab opens."""

SHEET = """A PDF with a sheet for each pupil: ten rows of eight boxes, a row for each digit, and one for a number of their own.
Each sheet has another number, which its corners tell too, so that no name is needed. Print them in actual size."""
COLLECT = """Photos or scans of filled sheets, in any order, several in a photo, turned or tilted: for each sheet a file of digits
with their labels, and of all a table and a contact sheet (PNG) to look through. The photos stay where they are.

Of two photos of a sheet in one run, the better one is taken. Files of an earlier run stay, unless --overwrite is given."""

WORK = """For the teacher: handed-in notebooks, named after the learners or in a folder for each. Who is where, which check failed
with which reason, what was guessed. Nothing in them is run, nothing is sent, and nothing is kept but what --out writes."""

PAGE = """One HTML file with the network in it: sent, copied or put on a stick, it opens in any browser, on a phone too, and reads
what is drawn on it, without the internet. Nothing that is drawn leaves it."""

APP = """The panel as a web page, on this computer alone, or with --lan on the phones and computers in its network: whoever has
the link can open it, each for themselves. Ctrl+C stops it.

With --lan as many are let in at once as fit into the memory. A place is free again a minute and a half after its page was closed,
or 20 minutes after it was last used. Nothing that is drawn leaves this computer and the visitor's own."""


def parser():
    """The argument parser of `python -m digitkit`."""
    parser = argparse.ArgumentParser(prog="python -m digitkit", description="Read handwritten digits, and learn how it is done.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="make your own copies of the lessons, and open them in JupyterLab", description=START)
    predict = commands.add_parser("predict", help="read the digits in pictures")
    predict.add_argument("files", nargs="+", metavar="picture", help="picture files, for example photo.jpg")
    predict.add_argument("--json", action="store_true", help="print one JSON object per line")
    train = commands.add_parser("train", help="retrain the shipped network (25 to 40 minutes); resumes after an interruption")
    train.add_argument(
        "--seed",
        type=_whole_number("the seed is a whole number from 0 to 999999999"),
        default=2026,
        help="the random seed (default: 2026)",
    )
    train.add_argument("--sheet", action="store_true", help="retrain the network that finds the sheet instead; does not resume")
    train.add_argument(
        "--out", type=Path, help="the weights file to write (default: digits.npz in your own folder, or sheet.npz)"
    )
    sheet = commands.add_parser(
        "sheet", help="make sheets to write digits on, a page for each pupil, to be printed", description=SHEET
    )
    sheet.add_argument(
        "--pupils", type=_whole_number("how many? A whole number"), default=30, help="how many sheets (default: 30)"
    )
    sheet.add_argument(
        "--paper", type=str.lower, choices=["a4", "letter"], default="a4", help="the size of the paper (default: a4)"
    )
    sheet.add_argument("--out", type=_path, default=Path("sheets.pdf"), help="the PDF to write (default: sheets.pdf)")
    sheet.add_argument("--overwrite", action="store_true", help="replace the PDF if it is there already")
    collect = commands.add_parser(
        "collect", help="read photos of filled sheets, and save the digits of each pupil", description=COLLECT
    )
    collect.add_argument("photos", nargs="+", help="photos, PDFs of scanned sheets, or folders of them")
    collect.add_argument(
        "--out",
        type=_path,
        help="the folder for the files (default: class in your own folder, where the notebook your_class looks for them)",
    )
    collect.add_argument("--overwrite", action="store_true", help="replace files of the same sheets that are there already")
    work = commands.add_parser(
        "collect-work", help="a table of the notebooks that were handed in, and of the class's guesses", description=WORK
    )
    work.add_argument("folder", type=_path, help="the folder with the notebooks")
    work.add_argument("--without-names", action="store_true", help="numbers in place of the learners' names, others each time")
    work.add_argument("--out", type=_path, help="also write guesses and mistakes as slides, without names: class.html")
    work.add_argument("--overwrite", action="store_true", help="replace that file if it is there already")
    page = commands.add_parser("page", help="write a network as one HTML file that reads drawings anywhere", description=PAGE)
    page.add_argument("--network", type=_path, help="the saved network (default: the one that comes with digitkit)")
    page.add_argument("--title", default="My digit reader", help="the heading of the page (default: My digit reader)")
    page.add_argument("--out", type=_path, default=Path("my_reader.html"), help="the file to write (default: my_reader.html)")
    page.add_argument("--overwrite", action="store_true", help="replace the file if it is there already")
    app = commands.add_parser("app", help="open the panel as a web page", description=APP)
    app.add_argument("--port", type=int, default=8866, help="the port to serve on (default: 8866)")
    app.add_argument("--lan", action="store_true", help="for all in the room's network: shows a link and its QR code")
    app.add_argument("--no-browser", action="store_true", help="do not open a browser")
    commands.add_parser("doctor", help="check that the kit has everything it needs")
    return parser


def _whole_number(told):
    """Reads a whole number. told: what is wanted, in words, for the sentence about anything else."""

    def number(text):
        if not text.isdecimal() or len(text) > 9:
            raise argparse.ArgumentTypeError(f"{told}, not {text}")
        return int(text)

    return number


def _path(text):
    if not text:
        raise argparse.ArgumentTypeError("the name is missing")
    return Path(os.path.expanduser(text))


def main(arguments=None):
    """Run one command. Returns the exit status: 0 on success, 1 if something failed, 130 if interrupted."""
    prepare_outputs()
    options = parser().parse_args(arguments)
    try:
        return examine() if options.command == "doctor" else _run(options)
    except ImportError as error:
        _complain(f"A package that the kit needs is missing or broken ({error}). What to do: python -m digitkit doctor")
        return 1
    except OSError as error:  # whatever is wrong with a file has become an exception of the kit: this is the output
        return _without_output(error, 0)
    except KeyboardInterrupt:
        _complain("\nStopped.")
        return 130


def _run(options):
    # Only now, because `doctor` must start where NumPy or OpenCV does not.
    from digitkit import cli_sheets, cli_work, lessons
    from digitkit.data import DataError
    from digitkit.network import NetworkError

    try:
        match options.command:
            case "start":
                lessons.start()
                return 0
            case "predict":
                return _predict(options.files, options.json)
            case "train":
                return _train(options.out, options.seed, options.sheet)
            case "sheet":
                return cli_sheets.print_to(options.out, options.pupils, options.paper, options.overwrite, _complain)
            case "collect":
                return cli_sheets.collect(options.photos, options.out or home_dir() / "class", options.overwrite, _complain)
            case "collect-work":
                return cli_work.collect(options.folder, options.out, options.without_names, options.overwrite, _complain)
            case "page":
                return _page(options.network, options.out, options.title, options.overwrite)
            case "app":
                return _app(options.port, options.lan, options.no_browser)
    except (DataError, NetworkError, FolderError) as error:
        _complain(error)
        return 1


def _without_output(error, status):
    """The exit status once nothing more can be printed: the reader, such as `head`, has seen enough, or the disk is full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would complain once more at its end
    if isinstance(error, BrokenPipeError):
        return status
    _complain(f"The output cannot be written ({error.strerror}). Is the disk full?")
    return 1


def _complain(message):
    """Say what is wrong on the standard error, if there is one; never among the results."""
    if sys.stderr is not None:
        print(message, file=sys.stderr, flush=True)


def _predict(files, as_json):
    from digitkit.network import NetworkError
    from digitkit.preprocessing import in_a_sentence
    from digitkit.reading import read

    status = 0
    for name in files:
        try:
            reading, why = read(name), ""
        except NetworkError:  # not the picture's fault
            raise
        except Exception as error:  # whatever is wrong with one file, the others are read
            status = 1
            why = in_a_sentence(error)
        try:
            if as_json:
                _print_json({"file": name, "error": why} if why else as_record(name, reading))
            elif why:
                _complain(f"{name}   {why}")
            else:
                print(f"{name}   {_in_a_line(reading)}")
            print(end="", flush=True)
        except OSError as error:
            return _without_output(error, status)
    return status


def _in_a_line(reading):
    from digitkit.reading import SURE

    if not reading.digits:
        return reading.reason
    confidences = " ".join(rounded_percent(min(digit.confidence, 0.999)) for digit in reading.digits)
    sure = all(digit.confidence >= SURE for digit in reading.digits)
    return "   ".join([reading.text, confidences, *([] if sure else ["not sure"]), *([reading.reason] if reading.reason else [])])


def _print_json(record):
    """One object a line. What the output cannot hold is written as JSON's own \\u escapes, so that it stays JSON."""
    text = json.dumps(record, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(record)
    print(text)


def as_record(name, reading):
    """A reading as plain numbers and strings, ready for JSON. This format is a contract: scripts depend on it.

    >>> from digitkit.reading import Reading
    >>> as_record("blank.jpg", Reading("", [], "no digit found", {}, (28, 28)))
    {'file': 'blank.jpg', 'text': '', 'digits': [], 'reason': 'no digit found'}
    """
    digits = [
        {
            "label": digit.label,
            "confidence": round(digit.confidence, 4),
            "box": list(digit.box),
            "row": digit.row,
            "probabilities": [round(float(share), 6) for share in digit.probabilities],
        }
        for digit in reading.digits
    ]
    return {"file": name, "text": reading.text, "digits": digits, "reason": reading.reason}


def _train(out, seed, sheet):
    out = out or home_dir() / ("sheet.npz" if sheet else "digits.npz")
    check_writable(out)  # before anything is loaded
    from digitkit.model import train_sheet_finder, train_shipped

    if sheet:
        train_sheet_finder(out, seed)
        print(f"The weights are in {out}.")
        return 0
    train_shipped(out, seed)
    print(f"The weights are in {out}. Use them with digitkit.load_network({str(out)!r}).")
    return 0


def _page(network, out, title, overwrite):
    from digitkit.page import export_page

    check_free(out, overwrite)
    export_page(network, out, title)
    print(f"The page is {out}. Open it in a browser, or send it to whoever wants to draw on it.")
    return 0


def _app(port, lan, no_browser):
    from digitkit.network import shipped_network
    from digitkit.serving import ServingError, serve

    shipped_network()  # if it is damaged, better said here than to each visitor
    try:
        serve(port, lan, not no_browser)
    except ServingError as error:
        _complain(error)
        return 1
    return 0
