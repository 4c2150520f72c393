"""From a USB stick, offline: the commands of the teacher's guide, the second half of them where there is no network at all.

    python benchmarks/stick.py [FOLDER]

Reads its commands from classroom/README.md. In FOLDER (a temporary one; it takes 4 GB) it makes what goes onto the stick: the
kit, all that it needs, the class copies, and beside each file the ._file that a Mac writes. Then, in a network of its own that
leads nowhere (Linux's `unshare --net`), with an empty home folder and without pip's settings and cache: a new environment, the
installation, `doctor`, a sample, `start` until JupyterLab answers, and notebook 03, which trains. Prints sizes and seconds.
"""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPLE_DOUBLE = b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(80)  # how a ._file begins


def guide():
    """What the guide says: the commands that fill the stick, and those that install and start from it (Linux and macOS)."""
    text = (ROOT / "classroom" / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Without internet")[2].partition("\n## ")[0]
    fill, use, _ = re.findall(r"```(?:bat)?\n(.+?)\n```", section, re.DOTALL)
    install, start = use.rsplit(" && ", 1)
    return fill, install, start


def size(folder):
    """The bytes of all files in a folder, in megabytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


@contextlib.contextmanager
def timed(what):
    start = time.monotonic()
    yield
    print(f"{time.monotonic() - start:5.0f} s   {what}", flush=True)


def shell(command, folder, env):
    """Run commands as a user types them."""
    subprocess.run(["bash", "-ec", command], cwd=folder, check=True, stdout=sys.stderr, env=env)


def fill_stick(folder):
    """On the computer with internet: everything into the folder `stick`."""
    stick = folder / "stick"
    stick.mkdir()
    fill = guide()[0]
    if (ROOT / "packages").exists() or (ROOT / "lessons").exists():
        raise SystemExit("Move the folders packages and lessons out of the kit first.")
    with timed("with internet: " + fill.replace("\n", "; ")):
        shell(fill, ROOT, os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"})
    for name in ("packages", "lessons"):
        shutil.move(ROOT / name, stick / name)
    print(f"{size(stick / 'packages'):5.0f} MB  packages, {len(list((stick / 'packages').iterdir()))} files")
    for path in [path for path in stick.rglob("*") if path.is_file()]:
        path.with_name(f"._{path.name}").write_bytes(APPLE_DOUBLE)


def bring_up_loopback():
    """A network of one's own begins without even 127.0.0.1, which every computer has: `ip link set lo up`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        fcntl.ioctl(asked, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: up and running


def use_stick(folder):
    """On the computer in class, with the network cut off."""
    bring_up_loopback()
    with contextlib.suppress(OSError):
        socket.create_connection(("192.0.2.1", 80), timeout=5)
        raise SystemExit("This computer is not offline.")
    home = folder / "home"
    home.mkdir()
    path = f"{folder}/stick/.venv/bin:{Path(sys.executable).parent}:/usr/bin:/bin"  # as once the environment is activated
    env = {"HOME": str(home), "PATH": path, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", "BROWSER": "true"}
    _, install, start = guide()
    stick = folder / "stick"
    with timed("offline: " + install):
        shell(install, stick, env)
    print(f"{size(stick / '.venv'):5.0f} MB  environment on the disk")
    for command in ("python -m digitkit doctor", f"python -m digitkit predict {ROOT}/data/samples/pen_7.jpg"):
        with timed("offline: " + command.replace(f"{ROOT}/", "")):
            shell(command, stick, env)
    with timed(f"offline: {start}, until JupyterLab answers"):
        answer_of_start(start, stick, env)
    lesson = home / "digitkit" / "lessons" / "03_train_a_cnn.ipynb"
    with timed("offline: all cells of notebook 03, which trains"):
        shell(f"jupyter execute --inplace {lesson.name}", lesson.parent, env)


def answer_of_start(command, folder, env):
    """Start JupyterLab, ask it for its page, and end it with Ctrl+C."""
    words = ["bash", "-c", f"exec {command}"]
    lab = subprocess.Popen(words, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = ""
    while not (address := re.search(r"http://127\.0\.0\.1:\d+/lab\S*", said)):
        line = lab.stdout.readline()
        if not line:
            raise SystemExit(f"start has ended: {said}")
        said += line
    with urllib.request.urlopen(address[0], timeout=60) as answer:
        assert answer.status == 200
        assert "JupyterLab" in answer.read().decode()
    lab.send_signal(signal.SIGINT)
    lab.communicate(timeout=60)


def main():
    if sys.argv[1:2] == ["--offline"]:
        use_stick(Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(*sys.argv[1:2] or [temporary])
        fill_stick(folder)
        rights = [] if os.geteuid() == 0 else ["--map-root-user"]
        subprocess.run(["unshare", "--net", *rights, sys.executable, __file__, "--offline", folder], check=True)


if __name__ == "__main__":
    main()
