"""What goes wrong on a school's computers: kernels killed, disks full, folders read-only, files cut, altered or swapped.

Each fault is a real one, in a process of its own. What was saved stays, nothing half-written is read, and one sentence says it.
"""

import contextlib
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

import digitkit
from digitkit.cli import main
from digitkit.data import DataError, Digits, load_mnist
from digitkit.explain import nearest
from digitkit.explain.nearest import fingerprint
from digitkit.files import LEFT_OVER, make_folder
from digitkit.handwriting import load_class, load_digits, save_digits
from digitkit.handwriting.my_digit import my_digit
from digitkit.handwriting.pretend_photo import fill_in, printed
from digitkit.handwriting.sheet_layout import boxes
from digitkit.lessons import lesson_files, make_lessons
from digitkit.network import SHIPPED, Network, NetworkError, load_network, my_network, save_network, shipped_network
from digitkit.preprocessing import sheet

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = digitkit.data_dir() / "samples"
SOME = load_mnist().train[:500]
KILLED = -9 if os.name == "posix" else 9  # how a process ends that was killed


def python(code, *arguments, before=(), **environment):
    """Start a program in Python. before: a command that starts it. environment: variables in addition."""
    return subprocess.Popen(
        [*before, sys.executable, "-c", code, *map(str, arguments)],
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"} | {name: str(value) for name, value in environment.items()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process, status=0):
    """What a process has printed: (output, complaints)."""
    output, complaints = process.communicate(timeout=120)
    assert process.returncode == status, complaints
    return output, complaints


def until(true):
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline


@contextlib.contextmanager
def kernel():
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel()
    try:
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def mounts():
    """Mount commands -> a command that starts another one which alone sees what they mount; it all goes when that one ends."""
    apart = ["unshare", "--mount", *(["--map-root-user"] if os.name == "posix" and os.getuid() else [])]
    small = [*apart, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    can = shutil.which("unshare") and subprocess.run(small, capture_output=True).returncode == 0
    if not can and not (sys.platform == "linux" and os.environ.get("CI")):
        pytest.skip("on this computer nothing can be mounted: it takes Linux, and on some systems root")
    assert can, "CI must be able to mount a small disk"
    return lambda commands: [*apart, "sh", "-ec", f'{commands}; exec "$@"', "sh"]


# ── Killed ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

SAVING = """
import sys
from digitkit.handwriting import load_digits, save_digits
from digitkit.network import load_network, save_network
digits, path = load_digits(sys.argv[1]), sys.argv[2]
while True:
    save_digits(path, digits) if "digits" in path else save_network(load_network(), path)
"""


@pytest.mark.slow
def test_whatever_is_killed_while_it_saves_the_file_is_whole(tmp_path):
    save_digits(tmp_path / "some.npz", SOME)
    folders = [tmp_path / "digits", tmp_path / "network"]
    saving = [python(SAVING, tmp_path / "some.npz", make_folder(folder) / "it.npz") for folder in folders]
    for process, folder in zip(saving, folders, strict=True):
        until((folder / "it.npz").exists)
        until(lambda folder=folder: list(folder.glob(".part-*")))
        process.kill()
        process.communicate()
    np.testing.assert_array_equal(load_digits(tmp_path / "digits" / "it.npz").images, SOME.images)
    assert fingerprint(load_network(tmp_path / "network" / "it.npz")) == fingerprint(load_network())


BETWEEN = """
import os, sys
from digitkit import files, handwriting, lessons, network, reading
os.replace = lambda *paths: os.kill(os.getpid(), 9)
home, sample, name = files.home_dir(), *sys.argv[1:]
{
    "class/sheet_07.npz": lambda: handwriting.save_digits(home / name, handwriting.load_digits(home / "class" / "sheet_03.npz")),
    "my_network.npz": lambda: network.save_network(network.load_network(), home / name),
    "my_digit.png": lambda: handwriting.my_digit(reading.read(sample).digits[0]),
    "lessons/01_meet_the_digits.ipynb": lambda: lessons.make_lessons(home / "lessons"),
}[name]()
"""
FILES = ["class/sheet_07.npz", "my_network.npz", "my_digit.png", "lessons/01_meet_the_digits.ipynb"]


@pytest.mark.slow
def test_killed_before_it_could_be_renamed_a_new_file_is_nobodys_and_goes_at_last(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    save_digits(tmp_path / "class" / "sheet_03.npz", SOME)
    sample = SAMPLES / "pen_7.jpg"
    for process in [python(BETWEEN, sample, name) for name in FILES]:
        ended(process, KILLED)
    left = list(tmp_path.rglob("*part-*"))
    assert sorted(path.name.split("-", 2)[2] for path in left) == sorted(Path(name).name for name in FILES)
    assert list(load_class()) == ["sheet_03"]
    assert ("ships with digitkit" in my_network()[1], "a sample" in my_digit()[1]) == (True, True)
    assert lesson_files(tmp_path / "lessons") == []
    for path in left:
        os.utime(path, (0, time.time() - LEFT_OVER - 1))
    save_digits(tmp_path / "class" / "sheet_07.npz", SOME)
    save_network(load_network(), tmp_path / "my_network.npz")
    my_digit(digitkit.read(sample).digits[0])
    make_lessons(tmp_path / "lessons")
    assert not list(tmp_path.rglob("*part-*"))


@pytest.mark.slow
def test_a_collection_that_is_killed_is_completed_by_the_next_one(tmp_path):
    shutil.copy(SAMPLES / "class_sheet.jpg", tmp_path / "a.jpg")
    written = {(label, column): SOME.images[SOME.labels == label][column] for label, column in boxes()}
    cv2.imwrite(str(tmp_path / "b.png"), fill_in(printed(12), written, np.random.default_rng(12))[::2, ::2])
    command = "import sys; from digitkit.cli import main; sys.exit(main(['collect', *sys.argv[1:]]))"
    arguments = [tmp_path / "a.jpg", tmp_path / "b.png", "--out", tmp_path / "class"]
    process = python(command, *arguments)
    until((tmp_path / "class" / "sheet_07.npz").exists)
    process.kill()
    process.communicate()
    assert {name: len(digits) for name, digits in load_class(tmp_path / "class").items()} == {"sheet_07": 78}
    assert "sheet 7: 78 digits, the same as before" in ended(python(command, *arguments))[0]
    assert list(load_class(tmp_path / "class")) == ["sheet_07", "sheet_12"]


READ = """
import digitkit
panel = digitkit.Panel()
panel.show(digitkit.data_dir() / "samples" / "pen_7.jpg")
whose = digitkit.my_digit(panel.digit)[1]
print(whose, flush=True)
while True:
    panel.show(digitkit.data_dir() / "samples" / "row_2026.jpg")
"""
TRAIN = """
import digitkit
model = digitkit.build_cnn(filters=2)
digitkit.save_model(model, digitkit.home_dir() / "my_model.keras")
digitkit.save_network(digitkit.to_network(model), digitkit.home_dir() / "my_network.npz")
digitkit.train(model, digitkit.load_mnist().train[:5500], epochs=999)
"""


def killed_in_the_middle(lesson, begun):
    """Kill a kernel that runs a lesson, as soon as the lesson has printed that something has begun."""
    with kernel() as (manager, client):
        client.execute(lesson)
        printed = ""
        while begun not in printed:
            message = client.get_iopub_msg(timeout=60)
            assert message["msg_type"] != "error", message["content"]["evalue"]
            printed += message["content"].get("text", "")
        os.kill(manager.provisioner.pid, 9)


@pytest.mark.slow
def test_after_a_kernel_was_killed_while_it_reads_the_next_one_finds_what_was_saved(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    killed_in_the_middle(READ, "just drawn")
    printed = []
    with kernel() as (_, client):
        again = READ[: READ.index("whose")] + "print(digitkit.my_digit()[1], panel.digit.label)"
        client.execute_interactive(again, timeout=60, output_hook=lambda said: printed.append(said["content"].get("text", "")))
    assert "".join(printed) == "your own, from notebook 01 7\n"
    assert [path.name for path in tmp_path.iterdir()] == ["my_digit.png"]


@pytest.mark.slow
def test_after_a_kernel_was_killed_while_it_trains_the_networks_of_before_are_there(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    killed_in_the_middle(TRAIN, "epoch 1 of 999")
    assert my_network()[1] == digitkit.my_model()[1] == "your own network, from notebook 03"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my_model.keras", "my_network.npz"]


CHECKPOINT = """
import os, pathlib, sys
import digitkit
from digitkit.model import shipped
model = digitkit.build_cnn(filters=2)
model.compile("adam", "mse")
model.optimizer.build(model.trainable_variables)
replace, folder = os.replace, pathlib.Path(sys.argv[1])
for epoch in (1, 2):
    model.optimizer.iterations.assign(10 * epoch)
    if epoch == 2:
        os.replace = lambda old, new: replace(old, new) if new.suffix == ".json" else os.kill(os.getpid(), 9)
    shipped._save_state(folder, model, ["examples made", "epoch 1", "epoch 2"][: epoch + 1], 10)
"""


@pytest.mark.slow
def test_a_training_that_is_killed_while_it_saves_its_state_goes_on_from_the_one_before(tmp_path):
    from digitkit.model.shipped import _saved_state

    ended(python(CHECKPOINT, tmp_path), KILLED)
    assert "epoch 2" in (tmp_path / "log.json").read_text()
    assert _saved_state(tmp_path)[1:] == (["examples made", "epoch 1"], 10, 1)


# ── The disk is full ────────────────────────────────────────────────────────────────────────────────────────────────────

FULL = """
import contextlib, io, json, os, sys
from pathlib import Path
import numpy as np
from digitkit import cli, data, files, handwriting, network, reading
disk, home = Path(sys.argv[1]), Path(os.environ["DIGITKIT_HOME"])
samples = data.data_dir() / "samples"

def command(*arguments):
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        status = cli.main([*map(str, arguments)])
    return status, said.getvalue()

def sentence(write):
    try:
        write()
    except files.FolderError as error:
        return 1, f"{error}\\n"

def keras(save):
    import digitkit
    from digitkit.model import shipped
    model = digitkit.to_keras(network.load_network())
    model.compile("adam", "mse")
    return sentence(lambda: save(digitkit, shipped, model))

digit = reading.read(samples / "pen_7.jpg").digits[0]
noise = data.Digits(np.random.default_rng(0).integers(0, 256, (200, 28, 28), np.uint8), np.zeros(200, np.uint8))
checkpoints = {
    "my_model.keras": lambda path: keras(lambda kit, _, model: kit.save_model(model, path)),
    "state.keras": lambda path: keras(lambda _, shipped, model: shipped._save_state(disk, model, [], 1)),
}
written = {
    "my_network.npz": lambda path: sentence(lambda: network.save_network(network.load_network(), path)),
    "digits.npz": lambda path: sentence(lambda: handwriting.save_digits(path, noise)),
    "my_digit.png": lambda path: sentence(lambda: handwriting.my_digit(digit)),
    "page.html": lambda path: command("page", "--out", path, "--overwrite"),
    "sheets.pdf": lambda path: command("sheet", "--pupils", 1, "--out", path, "--overwrite"),
    "lessons/01_meet_the_digits.ipynb": lambda path: command("start"),
}
found = {}
for name, write in (checkpoints if sys.argv[2:] else written).items():
    path = disk / name
    path.parent.mkdir(exist_ok=True)
    if "lessons" not in name:
        path.write_text("old")
    before = path.read_bytes() if path.exists() else None
    with contextlib.suppress(OSError), (disk / "full").open("wb", buffering=0) as file:
        while file.write(bytes(1000)):
            pass
    told = write(path)
    (disk / "full").unlink()
    found[name] = [told, before == (path.read_bytes() if path.exists() else None), [p.name for p in disk.rglob(".part-*")]]
print(json.dumps(found))
"""


@pytest.mark.parametrize("form", [[], pytest.param(["keras"], marks=pytest.mark.slow)], ids=["files", "checkpoints"])
def test_on_a_full_disk_the_old_file_stays_and_one_sentence_says_why(tmp_path, mounts, form):
    before = mounts(f"mount -t tmpfs -o size=64k tmpfs '{tmp_path}'")
    output, complaints = ended(python(FULL, tmp_path, *form, before=before, DIGITKIT_HOME=tmp_path))
    assert complaints == ""
    found = json.loads(output)
    assert len(found) == (2 if form else 6)
    for name, ((status, said), is_as_before, unfinished) in found.items():
        assert re.fullmatch(r".+ cannot be \w+ \(No space left on device\)\. Is the disk full, .+\?\n", said), said
        assert (status, is_as_before, unfinished) == (1, True, []), name


# ── The checkout and the home are read-only ─────────────────────────────────────────────────────────────────────────────

READ_ONLY = """
import contextlib, io, json, os, sys
import nbformat
import digitkit
from digitkit import cli, data, doctor, lessons, reading
sample = str(data.data_dir() / "samples" / "pen_7.jpg")
assert cli.main(["predict", sample]) == 0
for name in ["01_meet_the_digits", "02_what_a_convolution_does", "04_how_good_is_it", "06_read_your_own_digits"]:
    cells = nbformat.read(lessons.lessons_dir() / f"{name}.ipynb", as_version=4).cells
    variables = {}
    for cell in [cell for cell in cells if cell.cell_type == "code"][:2]:
        exec(cell.source, variables)
said = io.StringIO()
with contextlib.redirect_stderr(said):
    for command in ("start", "train", "collect .", "page --out page.html", "sheet", "app --no-browser"):
        assert cli.main(command.split()) == 1
try:
    digitkit.my_digit(reading.read(sample).digits[0])
except Exception as error:
    print(error, file=said)
doctor.PACKAGES = {}
with contextlib.redirect_stdout(io.StringIO()) as checked:
    assert doctor.examine() == 1
print(json.dumps([said.getvalue().splitlines(), checked.getvalue().splitlines()]))
"""


@pytest.mark.slow
def test_where_nothing_can_be_written_all_is_read_and_each_thing_to_write_gets_one_sentence(tmp_path, mounts):
    before = mounts(" && ".join(f"mount -o bind,ro '{folder}' '{folder}'" for folder in (ROOT, tmp_path)) + f"; cd '{tmp_path}'")
    mine = tmp_path / "mine"
    output, complaints = ended(python(READ_ONLY, before=before, DIGITKIT_HOME=mine, HOME=tmp_path, PYTHONPATH=ROOT))
    assert complaints == ""
    read, result = output.splitlines()
    assert "   7   " in read
    sentences, checks = json.loads(result)
    folder = f"The folder {mine} cannot be created (Read-only file system). Set DIGITKIT_HOME to a folder you can write to."
    file = "{} cannot be written (Read-only file system). Is the disk full, or the folder read-only?"
    assert sentences == [folder, folder, folder, file.format("page.html"), file.format("sheets.pdf"), folder, folder]
    assert [line for line in checks if line.startswith("FAIL")] == [f"FAIL  your own folder: {folder}"]


@pytest.mark.slow
def test_where_lessons_cannot_be_written_one_sentence_says_so(tmp_path, mounts):
    start = "import sys; from digitkit.cli import main; sys.exit(main(['start']))"
    mine = tmp_path / "mine"
    make_lessons(mine / "lessons")
    before = mounts(f"mount -o bind,ro '{mine}' '{mine}'")
    _, complaints = ended(python(start, before=before, DIGITKIT_HOME=mine), 1)
    assert re.fullmatch(r".+ipynb cannot be written .+ read-only.+\n", complaints)


# ── A file of the kit is cut, altered or swapped ────────────────────────────────────────────────────────────────────────


def cut(path):
    path.write_bytes(path.read_bytes()[:50_000])


def alter_a_label(path):
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[-1] ^= 1
    path.write_bytes(gzip.compress(bytes(content)))


def take_digits(path):
    shutil.copy(SHIPPED, path)


WHO_NEEDS = {
    "digits.npz": ["app", "doctor", "page", "panel", "predict"],
    "sheet.npz": ["doctor", "panel", "predict"],
    "nearest.npz": ["doctor", "panel"],
    "train-labels-idx1-ubyte.gz": ["doctor", "load_mnist", "panel"],
}


@pytest.fixture
def kit(tmp_path, monkeypatch):
    """A copy of the kit's files, to be damaged, in place of them."""
    weights = shutil.copytree(SHIPPED.parent, tmp_path / "weights")
    data = shutil.copytree(digitkit.data_dir(), tmp_path / "data")
    monkeypatch.setattr("digitkit.network.weights_file.SHIPPED", weights / "digits.npz")
    monkeypatch.setattr("digitkit.preprocessing.sheet.WEIGHTS", weights / "sheet.npz")
    monkeypatch.setattr("digitkit.explain.nearest.SHIPPED_INDEX", weights / "nearest.npz")
    monkeypatch.setattr("digitkit.data.data_dir", lambda: data)
    monkeypatch.setattr("digitkit.doctor.PACKAGES", {})
    monkeypatch.chdir(make_folder(tmp_path / "work"))
    known = (shipped_network, sheet._layers, nearest._load)
    for each in known:
        each.cache_clear()
    yield tmp_path
    for each in known:
        each.cache_clear()


def shown():
    """What the panel says about a photo, and about the nearest training digits."""
    panel = digitkit.Panel()
    panel.show(SAMPLES / "pen_7.jpg")
    panel.closer.near.click()
    return panel.answer.value + panel.closer.neighbours.value


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("digits.npz", cut),
        ("sheet.npz", Path.unlink),
        ("sheet.npz", take_digits),
        ("nearest.npz", take_digits),
        ("train-labels-idx1-ubyte.gz", alter_a_label),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_damaged_file_of_the_kit_is_named_by_all_that_need_it(kit, capsys, name, damage):
    [path] = kit.rglob(name)
    damage(path)
    said = {}
    for who, ask in [("load_mnist", load_mnist), ("panel", shown)]:
        try:
            said[who] = str(ask())
        except (NetworkError, DataError) as error:
            said[who] = str(error)
    commands = [["doctor"], ["predict", str(SAMPLES / "pen_7.jpg")]]
    for command in commands + [["page"], ["app", "--no-browser", "--port=99999"]] * (name == "digits.npz"):
        main(command)
        said[command[0]] = "".join(capsys.readouterr())
    assert sorted(who for who, text in said.items() if name in text) == WHO_NEEDS[name]
    for who in WHO_NEEDS[name]:
        assert "Get the kit again" in said[who] or "Make one with: python -m digitkit.explain.nearest" in said[who]
    assert not list(Path().iterdir())


def test_without_the_samples_the_panel_says_which_folder_is_missing(kit):
    shutil.rmtree(kit / "data" / "samples")
    with pytest.raises(DataError, match=r"samples cannot be opened .+ Get the kit again"):
        digitkit.Panel()


@pytest.mark.parametrize("spoilt", [{"kernel 3": np.zeros((3, 3, 32, 48))}, {"bias 0": np.full(32, np.nan)}])
def test_a_sheet_finder_of_another_shape_or_with_nan_finds_nothing(kit, spoilt):
    with np.load(kit / "weights" / "sheet.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    np.savez(kit / "weights" / "sheet.npz", **arrays | spoilt)
    with pytest.raises(NetworkError, match="is not the network that finds the sheet"):
        digitkit.read(SAMPLES / "pen_7.jpg")


# ── A weights file from somewhere ───────────────────────────────────────────────────────────────────────────────────────


def write_an_array(path):
    with path.open("wb") as file:
        np.save(file, KERNEL)


def turn_a_bit_over(path):
    content = bytearray(SHIPPED.read_bytes())
    content[400_000] ^= 16
    path.write_bytes(content)


KERNEL, BIAS = np.zeros((784, 10), np.float32), np.zeros(10, np.float32)
FLAT, LAST = ("Flatten", {}), ("Dense", {"kernel": KERNEL, "bias": BIAS})
HEADER = {"layers": [["Flatten", {}], ["Dense", {}]], "temperature": None, "about": {}}
SAVED = {
    "no layers": [],
    "twelve outputs": [FLAT, ("Dense", {"kernel": np.zeros((784, 12), np.float32), "bias": np.zeros(12, np.float32)})],
    "one output": [FLAT, ("Dense", {"kernel": KERNEL[:, :1], "bias": BIAS[:1]})],
    "layers that do not fit": [FLAT, ("Dense", {"kernel": KERNEL[:100], "bias": BIAS})],
    "a bias too short": [FLAT, ("Dense", {"kernel": KERNEL, "bias": BIAS[:1]})],
    "no bias": [FLAT, ("Dense", {"kernel": KERNEL})],
    "maps at the end": [
        ("Conv2D", {"kernel": np.zeros((3, 3, 1, 10), np.float32), "bias": BIAS, "stride": 1, "padding": "valid"})
    ],
    "an unknown setting": [FLAT, ("Dense", {**LAST[1], "spin": 3})],
    "an unknown padding": [("MaxPooling2D", {"size": [1, 1], "stride": 1, "padding": "mirror"}), FLAT, LAST],
    "a stride of nothing": [("MaxPooling2D", {"size": [2, 2], "stride": 0}), FLAT, LAST],
    "NaN": [FLAT, ("Dense", {"kernel": KERNEL + np.nan, "bias": BIAS})],
    "infinity": [FLAT, ("Dense", {"kernel": KERNEL, "bias": BIAS + np.inf})],
    "huge numbers": [FLAT, ("Dense", {"kernel": KERNEL + np.float32(3e38), "bias": BIAS})],
    "NaN in a setting": [("Rescaling", {"scale": float("nan"), "offset": 0.0}), FLAT, LAST],
}
WRITTEN = {
    "another version": (HEADER | {"version": 2}, KERNEL),
    "a header that is a list": ([HEADER], KERNEL),
    "layers that are a number": (HEADER | {"layers": 7}, KERNEL),
    "no temperature": ({"layers": HEADER["layers"], "about": {}}, KERNEL),
    "a temperature below zero": (HEADER | {"temperature": -1.0}, KERNEL),
    "a temperature of zero": (HEADER | {"temperature": 0.0}, KERNEL),
    "a temperature in words": (HEADER | {"temperature": "warm"}, KERNEL),
    "a layer too few": (HEADER | {"layers": [["Flatten", {}]]}, KERNEL),
    "letters": (HEADER, KERNEL.astype(str)),
    "complex numbers": (HEADER, KERNEL * 1j),
    "numbers too large for 32 bits": (HEADER, np.full((784, 10), 1e300)),
}
SWAPPED = {
    "the index of nearest digits": lambda path: shutil.copy(SHIPPED.with_name("nearest.npz"), path),
    "the sheet finder": lambda path: shutil.copy(SHIPPED.with_name("sheet.npz"), path),
    "a learner's digits": lambda path: save_digits(path, SOME),
    "a single array": write_an_array,
    "nothing": Path.touch,
    "all but the end": lambda path: path.write_bytes(SHIPPED.read_bytes()[:-30]),
    "one bit turned over": turn_a_bit_over,
}


@pytest.fixture
def weights(request, tmp_path, monkeypatch):
    """A weights file that is none, where the learner's own network is looked for."""
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    path = tmp_path / "my_network.npz"
    if request.param in SAVED:
        save_network(Network(SAVED[request.param]), path)
    elif request.param in WRITTEN:
        header, kernel = WRITTEN[request.param]
        np.savez(path, header=np.array(json.dumps(header)), **{"1.kernel": kernel, "1.bias": BIAS})
    else:
        SWAPPED[request.param](path)
    return path


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("weights", [*SAVED, *WRITTEN, *SWAPPED], indirect=True)
def test_weights_that_are_none_are_named_by_whatever_takes_them(tmp_path, weights):
    for use in (
        lambda: load_network(weights),
        my_network,
        lambda: digitkit.read(SAMPLES / "pen_7.jpg", weights),
        lambda: digitkit.Panel(weights),
        lambda: digitkit.export_page(weights, tmp_path / "page.html"),
    ):
        with pytest.raises(NetworkError, match=re.escape(str(weights))):
            use()
    assert list(tmp_path.iterdir()) == [weights]


def test_a_file_that_was_written_before_files_had_a_version_is_read(tmp_path):
    np.savez(tmp_path / "old.npz", header=np.array(json.dumps(HEADER)), **{"1.kernel": KERNEL, "1.bias": BIAS})
    assert load_network(tmp_path / "old.npz").outputs == 10


# ── Two notebooks write the same file ───────────────────────────────────────────────────────────────────────────────────

TWO = """
import sys
import numpy as np
from digitkit.data import Digits
from digitkit.handwriting import save_digits
digits = Digits(np.full((300, 28, 28), int(sys.argv[2]), np.uint8), np.full(300, int(sys.argv[2]), np.uint8))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(50):
    save_digits(sys.argv[1], digits)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows replaces no file that is just being read, and says so")
def test_of_two_notebooks_that_write_the_same_file_each_writes_a_whole_one(tmp_path):
    path = tmp_path / "digits.npz"
    save_digits(path, Digits(np.full((300, 28, 28), 1, np.uint8), np.full(300, 1, np.uint8)))
    both = [python(TWO, path, number) for number in (1, 2)]
    for process in both:
        process.stdout.readline()
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    seen = set()
    while any(process.poll() is None for process in both):
        digits = load_digits(path)
        [value] = np.unique([*digits.images.ravel(), *digits.labels])
        assert len(digits) == 300
        seen.add(int(value))
    for process in both:
        assert ended(process) == ("", "")
    assert seen == {1, 2}
    assert list(tmp_path.iterdir()) == [path]
