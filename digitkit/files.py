"""The learner's own folder, and how the kit writes every file: under a temporary name first, then renamed."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path


class FolderError(Exception):
    """A file or folder that cannot be written. The message says why and what to do."""


def home_path() -> Path:
    """Where the learner's own models and digits are, whether or not the folder exists: reading does not need it.

    It is `$DIGITKIT_HOME` if that is set (`~` and variables in it are expanded), else `my` in a checkout, else `digitkit`
    in the user's home folder.
    """
    checkout = Path(__file__).resolve().parent.parent
    default = checkout / "my" if (checkout / "pyproject.toml").is_file() else Path.home() / "digitkit"
    chosen = os.environ.get("DIGITKIT_HOME")
    return Path(os.path.expandvars(chosen)).expanduser() if chosen else default


def home_dir() -> Path:
    """The folder for the learner's own models and digits, created if it is missing; see `home_path`.

    Raises FolderError if it cannot be created.
    """
    folder = home_path()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderError(
            f"The folder {folder} cannot be created ({error.strerror}). Set DIGITKIT_HOME to a folder you can write to."
        ) from error
    return folder


def visible(paths: Iterable[Path]) -> list[Path]:
    """Paths without the hidden ones, sorted by name: a Mac adds a hidden `._name` for each file copied to a USB stick.

    >>> [path.name for path in visible([Path("b.npz"), Path("._a.npz"), Path("a.npz")])]
    ['a.npz', 'b.npz']
    """
    return sorted(path for path in paths if not path.name.startswith("."))


def check_writable(path: str | Path) -> None:
    """Raise FolderError if a file cannot be written at a path: to be called before the long work whose result goes there."""
    path = Path(path)
    if path.is_dir():
        raise FolderError(f"{path} is a folder: name a file in it.")
    if not path.parent.is_dir():
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

    An interruption leaves the old file unchanged and no partial file behind. Raises FolderError if it cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(f"{folder}/guess.txt") as unfinished:
    ...         _ = unfinished.write_text("7")
    ...     [file.name for file in Path(folder).iterdir()]
    ['guess.txt']
    """
    path = Path(path)
    if path.exists() and not path.is_file():  # a folder, or a device such as /dev/null, which a rename would replace
        raise FolderError(f"{path} is not a file that can be written: name another one.")
    unfinished = path.with_name(f"part-{path.name}")  # a prefix, because Keras goes by the file extension
    try:
        yield unfinished
        os.replace(unfinished, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FolderError(f"{path} cannot be written ({reason}). Is the disk full, or the folder read-only?") from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


class _OnlyChecking(Exception):
    """Leaves `replacing` without writing anything."""
