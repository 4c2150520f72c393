"""The slowest and largest pictures that are accepted, each read in its own process: python benchmarks/limits.py

Prints for each the seconds it took, in total and for three of the steps, and by how much reading it raised the memory in
use. The limits we set ourselves: 2 seconds and 500 MB.
"""

import io
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 7070  # 50 megapixels, the most that is accepted


def noise(mode, height=SIDE, width=SIDE):
    random = np.random.default_rng(0)
    channels = {"L": (), "RGB": (3,), "RGBA": (4,), "I;16": ()}[mode]
    if mode == "I;16":
        return Image.fromarray(random.integers(0, 65536, (height, width), dtype=np.uint16))
    return Image.fromarray(random.integers(0, 256, (height, width, *channels), dtype=np.uint8))


def flat(mode, size=(SIDE, SIDE)):
    return Image.new(mode, size)


def dots(side=1000):
    sheet = np.full((side, side), 255, np.uint8)
    sheet[::4, ::4] = 0
    return Image.fromarray(sheet)


def sheet_of_digits():
    from digitkit.data import load_mnist

    return Image.fromarray(255 - np.vstack([np.hstack(load_mnist().train.images[row * 35 : row * 35 + 35]) for row in range(35)]))


CASES = {
    "50 MP JPEG, noise": (lambda: noise("RGB"), "JPEG"),
    "50 MP PNG, grey": (lambda: flat("L"), "PNG"),
    "50 MP PNG, colour and transparency": (lambda: flat("RGBA"), "PNG"),
    "50 MP PNG, 16 bit": (lambda: flat("I;16"), "PNG"),
    "50 MP PNG, palette": (lambda: flat("P"), "PNG"),
    "50 MP TIFF, 32-bit float": (lambda: flat("F"), "TIFF"),
    "50 MP TIFF, CMYK": (lambda: flat("CMYK"), "TIFF"),
    "50 MP GIF": (lambda: flat("P"), "GIF"),
    "strip of 8 by 1,000,000": (lambda: flat("L", (1_000_000, 8)), "PNG"),
    "1 MP noise": (lambda: noise("L", 1000, 1000), "PNG"),
    "1 MP, 62,500 dots": (dots, "PNG"),
    "1,225 digits": (sheet_of_digits, "PNG"),
}


def measure_case(name):
    """Read one case and print its seconds and megabytes. To be run in its own process."""
    from digitkit import preprocessing, reading
    from digitkit.preprocessing import candidates

    make, form = CASES[name]
    content = io.BytesIO()
    make().save(content, form, **({"quality": 90} if form == "JPEG" else {}))
    content = content.getvalue()
    reading.read(np.full((60, 60), 255, np.uint8))  # loads the network
    Path("/proc/self/clear_refs").write_text("5")  # Linux: reset the peak, which making the picture raised
    before = memory()
    steps = {}
    for function in ("open_picture", "remove_lines", "find_digits"):
        setattr(candidates, function, timed(getattr(candidates, function), function, steps))
    started = time.perf_counter()
    try:
        answer = f"{len(reading.read(content).digits)} digits"
    except preprocessing.PictureError as error:
        answer = f"refused: {error}"
    whole = time.perf_counter() - started
    slowest = ", ".join(f"{step} {seconds:.2f}" for step, seconds in steps.items())
    print(f"{name:36} {whole:5.2f} s ({slowest})  {memory() - before:4.0f} MB  {answer}")


def timed(function, name, steps):
    def wrapper(*arguments):
        started = time.perf_counter()
        result = function(*arguments)
        steps[name] = steps.get(name, 0) + time.perf_counter() - started
        return result

    return wrapper


def memory():
    """The peak memory of this process, in megabytes (Linux)."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1000


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure_case(sys.argv[1])
    else:
        for name in CASES:
            subprocess.run([sys.executable, __file__, name], check=False)
