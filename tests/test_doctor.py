import digitkit.doctor as doctor
from digitkit.network import NetworkError


def test_a_healthy_kit(capsys):
    assert doctor.examine() == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("OK    ") for line in lines[:-1])
    assert lines[-1] == "All checks passed."
    for name in ("Python", "tensorflow", "OpenCV's system libraries", "MNIST", "weights", "your own folder", "memory"):
        assert any(line.startswith(f"OK    {name}:") for line in lines)


def test_every_failed_check_says_how_to_fix_it(capsys, monkeypatch, tmp_path):
    def no_weights():
        raise NetworkError("There is no weights file.")

    monkeypatch.setattr("digitkit.network.load_network", no_weights)
    monkeypatch.setattr(doctor, "PACKAGES", ["numpy", "no-such-package"])
    monkeypatch.setattr(doctor, "_free_bytes", lambda: 3e8)
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("DIGITKIT_HOME", str(blocked / "home"))
    assert doctor.examine() == 1
    out = capsys.readouterr().out
    assert "FAIL  no-such-package: not installed. Run: pip install no-such-package" in out
    assert "FAIL  weights: There is no weights file." in out
    assert "Set DIGITKIT_HOME to a folder you can write to." in out
    assert "FAIL  memory: 0.3 GB are free; training needs 1.5. Close other programs" in out
    assert "4 of " in out


def test_missing_system_libraries_are_named(monkeypatch):
    import builtins

    import pytest

    real_import = builtins.__import__

    def no_cv2(name, *arguments, **options):
        if name == "cv2":
            raise ImportError("libGL.so.1: cannot open shared object file")
        return real_import(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", no_cv2)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(RuntimeError, match=r"libGL\.so\.1 is missing\. Run: sudo apt-get install libgl1 libglib2\.0-0"):
        doctor._opencv()
