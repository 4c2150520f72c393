import json
import shutil
import subprocess
import sys

import pytest

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
