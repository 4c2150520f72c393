"""Where a kit may run: from a stick that a Mac has written to, in folders with any name, in other countries, without a home."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import digitkit
from digitkit.files import own_places

ROOT = Path(__file__).resolve().parent.parent
APPLE_DOUBLE = b"\0\5\x16\7\0\2\0\0Mac OS X        \0\2\0\0\0\x09\0\0\0\x32\0\0\x0e\xb0\xff\xfe"  # how a ._file begins
SEVEN = Path("data", "samples", "pen_7.jpg")
unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no shell that closes an output, and no signal for Ctrl+C")


@pytest.fixture(scope="module")
def stick(tmp_path_factory):
    """A kit in a folder whose name has spaces and letters of several scripts, with the ._file that a Mac adds to each file."""
    kit = tmp_path_factory.mktemp("media") / "Çağla’nın çubuğu 五" / "digit kit"
    for name in ("digitkit", "data", "notebooks", "classroom"):
        shutil.copytree(ROOT / name, kit / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, kit)
    for path in [path for path in kit.rglob("*") if path.is_file()]:
        path.with_name(f"._{path.name}").write_bytes(APPLE_DOUBLE)
    return kit


def run(kit, *arguments, **variables):
    """Run this Python on a copy of the kit. Returns the lines that it said, in cp1252, and nothing on the standard error."""
    environment = {name: value for name, value in os.environ.items() if name != "DIGITKIT_HOME"}
    environment |= {"PYTHONPATH": str(kit), "PYTHONIOENCODING": "cp1252"} | variables
    result = subprocess.run([sys.executable, *map(str, arguments)], cwd=kit, env=environment, capture_output=True)
    assert result.stderr.decode("cp1252") == ""
    assert result.returncode == 0
    return result.stdout.decode("cp1252").splitlines()


USED = """
import sys
import digitkit
from digitkit import data, handwriting, lessons

home = digitkit.home_dir()
assert str(home).startswith(sys.argv[1]), home
assert all(digitkit.read(path) for path in data.sample_paths())
panel = digitkit.Panel()
assert "image/png" in panel._repr_mimebundle_()[0]
digitkit.export_page(None, home / "çıktı.html")
made, _ = lessons.make_lessons(home / "lessons")
assert made and not [path for path in (home / "lessons").rglob("._*")]
for name in ("sheet_01.npz", "._sheet_01.npz"):
    (home / "class").mkdir(exist_ok=True)
    handwriting.save_digits(home / "class" / name, data.load_mnist().train[:10])
(home / "class" / "._sheet_01.npz").write_bytes(b"\\0\\5\\x16\\7")
assert len(handwriting.load_class(home / "class")) == 1
print(digitkit.read(sys.argv[2]).text, "Ödev")
"""


@pytest.mark.slow
def test_a_kit_on_a_stick_that_a_mac_has_written_to(stick):
    picture = shutil.copy(stick / SEVEN, stick / "yedi ğ 七.jpg")
    assert run(stick, "-c", USED, stick / "my", picture) == ["7 Ödev"]
    assert run(stick, "-m", "digitkit", "predict", picture)[0].startswith(
        str(picture).encode("cp1252", "backslashreplace").decode("cp1252")
    )


@pytest.mark.slow
def test_class_copies_and_answers_from_that_stick_in_a_folder_with_any_name(stick, tmp_path):
    """Printed to an output that has no letter for the folder's name."""
    out = tmp_path / "Ödevler ğ 五"
    [line] = run(stick, "classroom/class_copy.py", out / "lessons")
    assert line.endswith("Ödevler \\u011f \\u4e94/lessons")
    assert not list(out.rglob("._*"))
    assert (out / "lessons" / "01_meet_the_digits.ipynb").is_file()
    run(stick, "classroom/answers.py")
    assert (stick / "classroom" / "answers.md").read_bytes() == (ROOT / "classroom" / "answers.md").read_bytes()


@pytest.mark.slow
def test_the_tests_pass_the_files_of_a_mac_by(stick):
    names = run(
        stick,
        "-m",
        "pytest",
        "--nbval",
        "--collect-only",
        "-q",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        "notebooks",
        "digitkit/files.py",
    )
    assert not [name for name in names if "._" in name]
    assert [name for name in names if name.startswith("notebooks/01_meet_the_digits.ipynb::")]


@pytest.fixture(scope="module", params=["de_DE", "tr_TR"])
def country(request, tmp_path_factory):
    """The variables of a country: a decimal comma in both; in Turkish a small I is ı, and a large i is İ."""
    folder, compiler = tmp_path_factory.mktemp("locales"), shutil.which("localedef")
    if compiler is None or not Path("/usr/share/i18n/locales", request.param).is_file():
        assert not os.environ.get("CI"), "CI must have the sources of the locales: apt-get install locales"
        pytest.skip("no sources of locales on this computer: install Debian's package locales to run this test")
    subprocess.run([compiler, "-i", request.param, "-f", "UTF-8", folder / f"{request.param}.UTF-8"], check=True)
    return {"LOCPATH": str(folder), "LC_ALL": f"{request.param}.UTF-8"}


ABROAD = """
import locale, sys
locale.setlocale(locale.LC_ALL, "")  # as programs do that have windows
assert locale.localeconv()["decimal_point"] == ","
import digitkit
from digitkit.words import parse_number

digitkit.export_page(None, sys.argv[1] + "/page.html")
digitkit.Panel()._repr_mimebundle_()
print(digitkit.read(digitkit.data_dir() / "samples" / "pen_7.jpg").text, parse_number("0,98"))
"""


@pytest.mark.slow
def test_a_decimal_comma_and_a_dotless_i_change_nothing(country, tmp_path):
    digitkit.export_page(None, tmp_path / "here.html")
    [line] = run(ROOT, "-c", ABROAD, tmp_path, **country)
    assert line == "7 0.98"
    assert (tmp_path / "page.html").read_bytes() == (tmp_path / "here.html").read_bytes()


@pytest.fixture
def no_home(tmp_path):
    """The variables of an account whose home cannot be written, not even by root: a file stands where a folder should be."""
    (tmp_path / "file").write_text("")
    home = str(tmp_path / "file" / "home")
    return {
        "HOME": home,
        "USERPROFILE": home,
        "XDG_CONFIG_HOME": "",
        "XDG_CACHE_HOME": "",
        "XDG_RUNTIME_DIR": "",
        "MPLCONFIGDIR": "",
    }


def free_port():
    with socket.socket() as asked:
        asked.bind(("localhost", 0))
        return asked.getsockname()[1]


@contextlib.contextmanager
def serving(command, closed, folder, variables):
    """Run a command that serves pages, with these outputs closed. Gives a function that waits for the answer of an address."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "BROWSER": "true"} | variables
    shell = f'exec "{sys.executable}" -m digitkit {command} {closed}'
    with (folder / "said.txt").open("w") as said:
        process = subprocess.Popen(
            ["bash", "-c", shell],
            cwd=folder,
            env=environment,
            stdout=said,
            stderr=said,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # who runs tests in the background ignores Ctrl+C
        )

    def answer(address):
        end = time.monotonic() + 120
        while True:
            assert process.poll() is None, (folder / "said.txt").read_text()
            try:
                return urllib.request.urlopen(address, timeout=60).read().decode()
            except OSError:
                assert time.monotonic() < end, "no answer in two minutes"
                time.sleep(0.2)

    try:
        yield answer
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    assert "Traceback" not in (folder / "said.txt").read_text()


def first_written(folder, pattern):
    """Wait until there is a file with something in it, and return its text."""
    end = time.monotonic() + 120
    while not (texts := [text for path in folder.glob(pattern) if (text := path.read_text())]):
        assert time.monotonic() < end, f"no {pattern} in two minutes"
        time.sleep(0.2)
    return texts[0]


@unix
@pytest.mark.slow
def test_the_app_serves_where_it_has_no_output_and_no_home(tmp_path, no_home):
    """As with Windows' pythonw, or as a service; that has no home to write to either."""
    port, own = free_port(), tmp_path / "own"
    with serving(f"app --no-browser --port {port}", "1>&- 2>&-", tmp_path, no_home | {"DIGITKIT_HOME": str(own)}) as answer:
        assert "<title>" in answer(f"http://localhost:{port}/")


@unix
@pytest.mark.slow
def test_start_works_where_the_home_cannot_be_written_and_without_a_standard_error(tmp_path, no_home):
    """What Jupyter, IPython and matplotlib keep there goes to the learner's own folder."""
    own = tmp_path / "own"
    with serving("start", "2>&-", tmp_path, no_home | {"DIGITKIT_HOME": str(own)}) as answer:
        server = json.loads(first_written(own / ".jupyter" / "runtime", "jpserver-*.json"))
        assert "JupyterLab" in answer(f"{server['url']}lab?token={server['token']}")
    assert "Is the disk full?" not in (tmp_path / "said.txt").read_text()


def test_a_home_that_can_be_written_is_used_as_ever(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path / "own"))
    assert own_places() == {}
    assert not (tmp_path / "own").exists()
