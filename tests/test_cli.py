import io
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from PIL import Image

from digitkit.__main__ import main
from digitkit.data import data_dir

SAMPLES = data_dir() / "samples"


def test_predict_prints_a_line_for_each_picture(capsys):
    assert main(["predict", str(SAMPLES / "pen_7.jpg"), str(SAMPLES / "row_2026.jpg"), str(SAMPLES / "blank.jpg")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{SAMPLES / 'pen_7.jpg'}   7   ")
    assert lines[0].endswith("%")
    assert "   2026   " in lines[1]
    assert lines[2] == f"{SAMPLES / 'blank.jpg'}   no digit found"


def test_json_lines_keep_their_form(capsys):
    assert main(["predict", "--json", str(SAMPLES / "two_rows.jpg"), str(SAMPLES / "blank.jpg")]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert list(first) == ["file", "text", "digits", "reason"]
    assert first["text"] == "3141592653"
    assert first["reason"] is None
    digit = first["digits"][5]
    assert list(digit) == ["label", "confidence", "box", "row", "probabilities"]
    assert digit["label"] == 9
    assert digit["row"] == 1
    assert 0 <= digit["confidence"] <= 1
    assert len(digit["box"]) == 4
    assert len(digit["probabilities"]) == 10
    assert abs(sum(digit["probabilities"]) - 1) < 1e-4
    assert second == {"file": str(SAMPLES / "blank.jpg"), "text": "", "digits": [], "reason": "no digit found"}


def test_a_bad_file_gets_its_line_and_the_others_are_read(capsys, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear diary")
    half = tmp_path / "half.jpg"
    half.write_bytes((SAMPLES / "pen_7.jpg").read_bytes()[:9000])
    files = [str(letter), str(tmp_path), str(tmp_path / "missing.jpg"), str(half), str(SAMPLES / "pen_7.jpg")]
    assert main(["predict", "--json", *files]) == 1
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["file"] for record in records] == files
    for record, message in zip(records, ["not a picture", "a folder", "no such file", "damaged"], strict=False):
        assert message in record["error"]
    assert records[-1]["text"] == "7"
    assert main(["predict", *files]) == 1
    captured = capsys.readouterr()
    assert len(captured.err.splitlines()) == 4
    assert len(captured.out.splitlines()) == 1


def test_the_command_runs_from_anywhere_with_names_that_are_not_ascii(tmp_path):
    shutil.copy(SAMPLES / "pen_7.jpg", tmp_path / "Fünf und sieben.jpg")
    command = [sys.executable, "-m", "digitkit", "predict", "--json", "Fünf und sieben.jpg"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True)
    assert json.loads(result.stdout)["text"] == "7"


def test_without_a_command_the_usage_is_shown(capsys):
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
    assert "usage: python -m digitkit" in capsys.readouterr().err


def run(*arguments, **options):
    return subprocess.run([sys.executable, "-m", "digitkit", *map(str, arguments)], capture_output=True, **options)


@pytest.mark.slow
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_name_outside_the_code_page_of_the_output_stops_nothing(tmp_path, form):
    for name in ("五😀.jpg", "z.jpg"):
        shutil.copy(SAMPLES / "pen_7.jpg", tmp_path / name)
    files = [tmp_path / "missing 五.jpg", tmp_path / "五😀.jpg", tmp_path / "z.jpg"]
    result = run("predict", *form, *files, env=os.environ | {"PYTHONIOENCODING": "cp1252"})
    lines = result.stdout.decode("cp1252").splitlines()
    if form:
        assert [json.loads(line)["file"] for line in lines] == [str(file) for file in files]
    else:
        assert [line.split("   ")[1] for line in lines] == ["7", "7"]
        assert "no such file" in result.stderr.decode("cp1252")
    assert result.returncode == 1


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_gets_no_traceback():
    command = f"{sys.executable} -m digitkit predict " + 40 * f"'{SAMPLES / 'tiny_1.png'}' " + "| head -n 1"
    result = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert "tiny_1.png   1" in result.stdout
    assert result.stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["2>&-", "1>&-", "1>&- 2>&-"])
def test_an_output_that_is_missing_stops_nothing(closed):
    command = f"{sys.executable} -m digitkit predict missing.jpg '{SAMPLES / 'pen_7.jpg'}' {closed}"
    result = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert "Traceback" not in result.stderr
    assert ("   7   " in result.stdout) == (closed == "2>&-")
    assert "missing.jpg" not in result.stdout


def test_a_reader_that_has_seen_enough_hides_no_failure(capfd, monkeypatch):
    monkeypatch.setattr("sys.stdout", Refusing(BrokenPipeError(32, "Broken pipe"), after=1))
    good = str(SAMPLES / "tiny_1.png")
    assert main(["predict", good, good]) == 0
    monkeypatch.setattr("sys.stdout", Refusing(BrokenPipeError(32, "Broken pipe"), after=0))
    assert main(["predict", "missing.jpg", good]) == 1


def test_a_full_disk_is_one_sentence(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout", Refusing(OSError(28, "No space left on device"), after=0))
    assert main(["predict", str(SAMPLES / "tiny_1.png")]) == 1
    assert capsys.readouterr().err == "The output cannot be written (No space left on device). Is the disk full?\n"


class Refusing(io.StringIO):
    """An output that takes some lines and no more; its file descriptor is one that nobody needs."""

    def __init__(self, error, after):
        super().__init__()
        self.error, self.after = error, after
        self.file = open(os.devnull, "w")  # noqa: SIM115 - closed with this object

    def fileno(self):
        return self.file.fileno()

    def write(self, text):
        if text.strip():
            self.after -= 1
        if self.after < 0:
            raise self.error
        return super().write(text)


def test_a_line_says_that_only_the_first_frame_was_read(capsys, tmp_path):
    frames = [Image.open(SAMPLES / name).convert("L").resize((200, 200)) for name in ("pen_7.jpg", "tiny_1.png")]
    frames[0].save(tmp_path / "two.gif", save_all=True, append_images=frames[1:])
    assert main(["predict", str(tmp_path / "two.gif")]) == 0
    assert re.search(r"two\.gif   7   [\d.]+ %   only the first of 2 frames was read", capsys.readouterr().out)


@pytest.mark.parametrize("seed", ["-1", "1.5", "many", "1000000000"])
def test_a_bad_seed_is_refused(capsys, seed):
    with pytest.raises(SystemExit):
        main(["train", "--seed", seed] if seed != "-1" else ["train", "--seed=-1"])
    assert "the seed is a whole number from 0 to 999999999" in capsys.readouterr().err


def test_where_the_weights_cannot_be_written_is_found_before_the_training(capsys, tmp_path):
    (tmp_path / "file").touch()
    for out, why in [("missing/digits.npz", "no folder"), (".", "is a folder"), ("file/digits.npz", "no folder")]:
        assert main(["train", "--out", str(tmp_path / out)]) == 1
        assert why in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
