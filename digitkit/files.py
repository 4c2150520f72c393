"""The learner's own folder, and how the kit writes every file: under a temporary name first, then renamed."""

import contextlib
import glob
import io
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from digitkit.errors import KitError

LEFT_OVER = 3600  # seconds: an unfinished file that nobody has written to for so long is of a program that was killed


class FolderError(KitError):
    """A file or folder that cannot be written. The message says why and what to do."""


def home_path() -> Path:
    """Where the learner's own models and digits are, whether or not the folder exists: reading does not need it.

    It is `$DIGITKIT_HOME` if that is set (`~` and variables in it are expanded), else `my` in a checkout, else `digitkit`
    in the user's home folder. Raises FolderError if `$DIGITKIT_HOME` names a user or a variable that does not exist.
    """
    checkout = Path(__file__).resolve().parent.parent
    chosen = os.path.expandvars(os.environ.get("DIGITKIT_HOME", ""))
    if not chosen and os.path.isfile(checkout / "pyproject.toml"):
        return checkout / "my"
    unset = re.search(r"\$\{?\w+\}?", chosen)
    if unset:
        raise FolderError(f"DIGITKIT_HOME names {unset[0]}, which is not set: write the folder's name in full.")
    try:
        return Path(chosen or "~/digitkit").expanduser()
    except RuntimeError as error:
        raise FolderError(f"There is no home folder for {chosen or 'you'}: set DIGITKIT_HOME to a folder in full.") from error


def home_dir() -> Path:
    """The folder for the learner's own models and digits, created if it is missing; see `home_path`.

    Raises FolderError if it cannot be created.
    """
    try:
        return make_folder(home_path())
    except FolderError as error:
        raise FolderError(f"{error} Set DIGITKIT_HOME to a folder you can write to.") from error


def own_places() -> dict[str, str]:
    """Variables that name folders in the learner's own for what Jupyter, IPython and matplotlib keep in the user's home.

    Empty if the user's home can be written: not so where a server or a school lends accounts that keep nothing.
    Raises FolderError if the learner's own folder cannot be written either.
    """
    from jupyter_core.paths import jupyter_data_dir, jupyter_runtime_dir
    from jupyter_core.utils import ensure_dir_exists

    try:
        for folder in (jupyter_data_dir(), jupyter_runtime_dir()):
            ensure_dir_exists(folder, mode=0o700)
            check_writable(Path(folder) / "anything")
    except (OSError, FolderError):
        places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
        places |= {"IPYTHONDIR": "ipython", "MPLCONFIGDIR": "matplotlib"}
        own = home_dir().absolute() / ".jupyter"
        return {name: str(make_folder(own / folder)) for name, folder in places.items()}
    return {}


def make_folder(folder: Path) -> Path:
    """Create a folder, and those above it, where they are missing. Raises FolderError if that is impossible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise FolderError(f"The folder {folder} cannot be created ({reason(error)}).") from error
    return folder


def visible(paths: Iterable[Path], folder: Path | None = None) -> list[Path]:
    """Paths without the hidden ones, sorted by name: a Mac adds `._name` for each file on a USB stick, `__MACOSX` to a zip.

    folder: one in which all of them are; then those in hidden folders below it, such as checkpoints, are left out, too.

    >>> [path.name for path in visible([Path("b.npz"), Path("._a.npz"), Path("a.npz")])]
    ['a.npz', 'b.npz']
    >>> visible([Path("in/.old/b.npz"), Path("in/a.npz")], Path("in")) == [Path("in/a.npz")]
    True
    """
    parts = {path: path.relative_to(folder).parts if folder else path.parts[-1:] for path in paths}
    return sorted(path for path in parts if not any(part.startswith((".", "__MACOSX")) for part in parts[path]))


def unused(path: Path) -> Path:
    """The path itself if there is no such file yet, else the same with a number behind its name.

    >>> unused(Path("new.png")).name
    'new.png'
    """
    count = 1
    free = path
    while free.exists():
        count += 1
        free = path.with_name(f"{path.stem}_{count}{path.suffix}")
    return free


def check_free(path: Path, overwrite: bool) -> None:
    """Raise FolderError if there is a file at a path already that may not be replaced: a command replaces none unasked.

    >>> check_free(Path("nobody has this.pdf"), overwrite=False)
    """
    if path.exists() and not overwrite:
        raise FolderError(f"{path} is there already: name another file with --out, or add --overwrite.")


def check_writable(path: str | Path) -> None:
    """Raise FolderError if a file cannot be written at a path: to be called before the long work whose result goes there."""
    path = Path(path)
    if os.path.isdir(path):
        raise FolderError(f"{path} is a folder: name a file in it.")
    if not os.path.isdir(path.parent):
        raise FolderError(f"There is no folder {path.parent}: create it first, or name another one.")
    try:
        with replacing(path) as unfinished:
            unfinished.touch()
            raise _OnlyChecking
    except _OnlyChecking:
        pass


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A temporary name to write a file under. Once it is written in full, the file is renamed to `path`.

    An interruption leaves the old file unchanged and no partial file behind; after a kill, that is hidden, and the next time the
    same file is written an hour later, it goes. Raises FolderError if it cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(f"{folder}/guess.txt") as unfinished:
    ...         _ = unfinished.write_text("7")
    ...     [file.name for file in Path(folder).iterdir()]
    ['guess.txt']
    """
    path = Path(path)
    if os.path.exists(path) and not os.path.isfile(path):  # a folder, or a device such as /dev/null, which a rename would replace
        raise FolderError(f"{path} is not a file that can be written: name another one.")
    # Another name each time, because two notebooks may write the same file. A prefix, because Keras goes by the file extension.
    unfinished = path.with_name(f".part-{secrets.token_hex(4)}-{path.name}")
    _remove_left_over(path)
    try:
        yield unfinished
        os.replace(unfinished, path)
    except OSError as error:
        raise FolderError(f"{path} cannot be written ({reason(error)}). Is the disk full, or the folder read-only?") from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def save_arrays(path: str | Path, **arrays: Any) -> None:
    """Save arrays under their names in a compressed `.npz` file, whole or not at all; see `replacing`.

    >>> import tempfile, numpy as np
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_arrays(f"{folder}/two.npz", kernel=np.ones((3, 3)), bias=np.zeros(1))
    ...     sorted(np.load(f"{folder}/two.npz"))
    ['bias', 'kernel']
    """
    import numpy as np  # only now: a folder can be named where NumPy cannot be loaded

    content = io.BytesIO()  # NumPy 1 leaves an archive open, and complains of it later, where the disk is full
    np.savez_compressed(content, **arrays)
    with replacing(path) as unfinished:
        unfinished.write_bytes(content.getvalue())


def _remove_left_over(path):
    """Remove what a program that was killed has left of this file."""
    with contextlib.suppress(OSError, ValueError):
        for unfinished in path.parent.glob(f".part-????????-{glob.escape(path.name)}"):
            if time.time() - unfinished.stat().st_mtime > LEFT_OVER:
                unfinished.unlink()


def reason(error: OSError | ValueError) -> str:
    """Why a file or folder cannot be used, in the system's words, without its number.

    >>> reason(FileNotFoundError(2, "No such file or directory"))
    'No such file or directory'
    """
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


class _OnlyChecking(Exception):
    """Leaves `replacing` without writing anything."""
