import os
import signal
import subprocess
import sys
import time

import pytest

import digitkit.doctor as doctor
from digitkit.network import NetworkError


@pytest.mark.slow
def test_a_healthy_kit(capsys):
    assert doctor.examine() == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("OK    ") for line in lines[:-1])
    assert lines[-1] == "All checks passed."
    for name in ("Python", "tensorflow", "opencv-python", "widgets in JupyterLab", "MNIST", "weights", "reading", "memory"):
        assert any(line.startswith(f"OK    {name}:") for line in lines)


def test_every_failure_says_how_to_fix_it(capsys, monkeypatch, tmp_path):
    def no_weights():
        raise NetworkError("There is no weights file.")

    monkeypatch.setattr("digitkit.network.load_network", no_weights)
    monkeypatch.setattr(doctor, "PACKAGES", {"numpy": "numpy", "no-such-package": "nothing", "nbval": "no_such_module"})
    monkeypatch.setattr(doctor, "free_bytes", lambda: 3e8)
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("DIGITKIT_HOME", str(blocked / "home"))
    assert doctor.examine() == 1
    out = capsys.readouterr().out
    assert "OK    numpy: " in out
    assert "FAIL  no-such-package: not installed. Run: pip install no-such-package" in out
    assert "is installed, but cannot be imported (ModuleNotFoundError: No module named 'no_such_module'). Run: pip install" in out
    assert "FAIL  weights: There is no weights file." in out
    assert "Set DIGITKIT_HOME to a folder you can write to." in out
    assert "FAIL  memory: 0.3 GB are free; training needs 1.5. Close other programs" in out
    assert "5 of " in out


def test_missing_system_libraries_are_named(monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    complaint = "ImportError: libGL.so.1: cannot open shared object file"
    assert doctor._fix("opencv-python", complaint, 1) == "Run: sudo apt-get install libgl1 libglib2.0-0"


def asked(name, code, seconds=30):
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    with pytest.raises(RuntimeError) as caught:
        doctor._package(name, {name: process}, time.monotonic() + seconds)
    assert process.poll() is not None
    return str(caught.value)


def test_an_import_that_never_ends_is_ended():
    assert "cannot be imported (it has not ended after 180 seconds). Run: pip install" in asked(
        "numpy", "import time; time.sleep(99)", 0
    )


def test_an_import_that_crashes_is_named():
    crash = f"import os; os.kill(os.getpid(), {signal.SIGILL})"
    assert "cannot be imported (it stops without a message). Run: pip install" in asked("numpy", crash)
    assert "This computer's processor is too old for TensorFlow" in asked("tensorflow", crash)


@pytest.mark.slow
def test_where_nothing_can_be_read_doctor_still_starts_and_predict_points_to_it(tmp_path):
    (tmp_path / "numpy").mkdir()
    (tmp_path / "numpy" / "__init__.py").write_text("raise ImportError('DLL load failed')")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "digitkit"]
    predict = subprocess.run([*command, "predict", "photo.jpg"], capture_output=True, text=True, env=environment)
    assert predict.returncode == 1
    assert predict.stderr.count("\n") == 1
    assert "missing or broken (DLL load failed). What to do: python -m digitkit doctor" in predict.stderr
    result = subprocess.run([*command, "doctor"], capture_output=True, text=True, env=environment)
    assert result.returncode == 1
    assert result.stderr == ""
    assert "cannot be imported (ImportError: DLL load failed). Run: pip install --force-reinstall" in result.stdout
    assert result.stdout.count("cannot be checked before the packages above are mended.") == 3


@pytest.mark.slow
def test_a_package_that_cannot_be_imported_is_found(tmp_path):
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow" / "__init__.py").write_text("raise ImportError('DLL load failed')")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    result = subprocess.run([sys.executable, "-m", "digitkit", "doctor"], capture_output=True, text=True, env=environment)
    assert result.returncode == 1
    assert "FAIL  tensorflow: version" in result.stdout
    assert "DLL load failed" in result.stdout


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('{"backend": "jax"}', "the backend is jax"),
        ('{"image_data_format": "channels_first"}', "images are channels_first"),
        ("{cut sho", "cannot be read. Delete it"),
        ("[1, 2]", "cannot be read. Delete it"),
        ("7", "cannot be read. Delete it"),
    ],
)
def test_keras_settings_that_do_not_fit_are_named(tmp_path, monkeypatch, settings, message):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert doctor._keras_settings() == "TensorFlow, channels last"
    (tmp_path / "keras.json").write_text(settings)
    with pytest.raises(RuntimeError, match=message):
        doctor._keras_settings()


def test_where_there_can_be_no_keras_settings_there_are_none(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("where the user's home should be")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file" / ".keras"))
    assert doctor._keras_settings() == "TensorFlow, channels last"


def test_another_backend_in_the_environment_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    with pytest.raises(RuntimeError, match="Remove the variable KERAS_BACKEND"):
        doctor._keras_settings()


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({"memory.max": "2000000000", "memory.current": "1500000000"}, 5e8),
        ({"memory.max": "max", "memory.current": "1500000000"}, 8e9),
        ({"memory/memory.limit_in_bytes": "2000000000", "memory/memory.usage_in_bytes": "500000000"}, 1.5e9),
        ({"memory/memory.limit_in_bytes": "9223372036854771712", "memory/memory.usage_in_bytes": "5"}, 8e9),
        ({"group/memory.max": "3000000000", "group/memory.current": "1000000000", "memory.max": "max"}, 2e9),
        ({"group/memory.max": "max", "memory.max": "2000000000", "memory.current": "1000000000"}, 1e9),  # set around the group
        ({"memory.max": "2000000000", "memory.current": "1900000000", "memory.stat": "file 8\ninactive_file 800000000"}, 9e8),
        ({"memory/old/memory.limit_in_bytes": "2000000000", "memory/old/memory.usage_in_bytes": "500000000"}, 1.5e9),
        ({}, 8e9),
    ],
)
def test_what_a_container_grants_is_the_memory_that_counts(tmp_path, files, free):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "meminfo").write_text("MemTotal: 9000000 kB\nMemAvailable: 7812500 kB\n")
    (tmp_path / "proc" / "self").mkdir()
    (tmp_path / "proc" / "self" / "cgroup").write_text("4:cpu,memory:/old\n0::/group\n")
    for name, text in files.items():
        path = tmp_path / "sys" / "fs" / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    assert doctor.free_bytes(f"{tmp_path}/") == free


def test_a_front_end_of_another_version_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "_is_installed", {"ipywidgets": "8.1.9", "jupyterlab_widgets": "1.1.0"}.get)
    with pytest.raises(RuntimeError, match=r"ipywidgets 8\.1\.9 needs jupyterlab_widgets 3, not 1\.1\.0"):
        doctor._front_ends()
