"""The command line: python -m digitkit predict | train | app | doctor."""

import argparse
import json
import sys
from pathlib import Path

from digitkit.data import DataError
from digitkit.files import home_dir
from digitkit.network import NetworkError
from digitkit.preprocessing import PictureError
from digitkit.words import rounded_percent


def parser():
    """The argument parser of `python -m digitkit`."""
    parser = argparse.ArgumentParser(prog="python -m digitkit", description="Read handwritten digits, and learn how it is done.")
    commands = parser.add_subparsers(dest="command", required=True)
    predict = commands.add_parser("predict", help="read the digits in pictures")
    predict.add_argument("files", nargs="+", metavar="picture", help="picture files, for example photo.jpg")
    predict.add_argument("--json", action="store_true", help="print one JSON object per line")
    train = commands.add_parser("train", help="retrain the shipped network (25 to 40 minutes); resumes after an interruption")
    train.add_argument("--seed", type=int, default=2026, help="the random seed (default: 2026)")
    train.add_argument("--out", type=Path, help="the weights file to write (default: digits.npz in your own folder)")
    app = commands.add_parser("app", help="open the panel as a web page")
    app.add_argument("--port", type=int, default=8866, help="the port to serve on (default: 8866)")
    app.add_argument("--no-browser", action="store_true", help="do not open a browser")
    commands.add_parser("doctor", help="check that the kit has everything it needs")
    return parser


def main(arguments=None):
    """Run one command. Returns the exit status: 0 on success, 1 if something failed, 130 if interrupted."""
    options = parser().parse_args(arguments)
    try:
        match options.command:
            case "predict":
                return _predict(options.files, options.json)
            case "train":
                return _train(options.out, options.seed)
            case "app":
                return _app(options.port, options.no_browser)
            case "doctor":
                from digitkit.doctor import examine

                return examine()
    except (DataError, NetworkError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _predict(files, as_json):
    from digitkit.reading import SURE, read

    status = 0
    for name in files:
        try:
            reading = read(name)
        except PictureError as error:
            status = 1
            if as_json:
                print(json.dumps({"file": name, "error": str(error)}, ensure_ascii=False))
            else:
                print(f"{name}   {error}", file=sys.stderr)
            continue
        if as_json:
            print(json.dumps(as_record(name, reading), ensure_ascii=False))
        elif not reading.digits:
            print(f"{name}   {reading.reason}")
        else:
            confidences = " ".join(rounded_percent(min(digit.confidence, 0.999)) for digit in reading.digits)
            sure = all(digit.confidence >= SURE for digit in reading.digits)
            print(f"{name}   {reading.text}   {confidences}{'' if sure else '   not sure'}")
        sys.stdout.flush()
    return status


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


def _train(out, seed):
    from digitkit.model import train_shipped

    out = out or home_dir() / "digits.npz"
    train_shipped(out, seed)
    print(f"The weights are in {out}. Use them with digitkit.load_network({str(out)!r}).")
    return 0


def _app(port, no_browser):
    try:
        from voila.app import Voila
    except ImportError:
        print('The web page needs Voilà. Install it with: pip install "digitkit[app]"', file=sys.stderr)
        return 1
    page = Path(__file__).with_name("app.ipynb")
    # Voilà's template requests icons, unused here, from another host: the browser may connect only to this server.
    policy = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: ws: wss:; frame-ancestors 'self'"
    settings = {"websocket_max_message_size": 100 << 20, "headers": {"Content-Security-Policy": policy}}  # uploads up to 100 MB
    options = [
        str(page),
        f"--port={port}",
        f"--Voila.tornado_settings={settings}",
        "--MappingKernelManager.cull_idle_timeout=600",  # closing the page does not end its kernel
        "--MappingKernelManager.cull_interval=60",
    ]
    Voila.launch_instance(options + (["--no-browser"] if no_browser else []))
    return 0
