"""The kit's own errors: one sentence that says what is wrong and what to do, and in a notebook not a step inside the kit."""

import functools
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FunctionType, TracebackType
from typing import Any, ParamSpec, TypeVar

from digitkit.words import first_line

Taken = ParamSpec("Taken")
Given = TypeVar("Given")
_speaking: set = set()  # functions that are `in_sentences` already


class KitError(Exception):
    """What all of the kit's own errors are. The message is a sentence for a learner."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the lines of the cells that led here, and the sentence. `%debug` still knows every step."""
        shell = sys.modules["IPython"].get_ipython()
        alone = type(self)(*self.args)  # without the errors that it came from
        return shell.InteractiveTB.structured_traceback(type(self), alone, _in_cells(self.__traceback__), tb_offset=0)


class InputError(KitError, ValueError):
    """A function was given what it cannot use. The message says what it was given, and where it stands what it takes."""


def in_sentences(function: Callable[Taken, Given]) -> Callable[Taken, Given]:
    """A function of the kit that a lesson calls: whatever stops it at what it was given becomes an InputError.

    The kit's own errors stay, and so do those of the disk and of the memory, which are not about what was given.

    >>> import math
    >>> in_sentences(math.sqrt)(-1)
    Traceback (most recent call last):
    digitkit.errors.InputError: sqrt cannot use x = -1 (math domain error): help('math.sqrt') says what it takes.
    """

    @functools.wraps(function)
    def wrapper(*given: Taken.args, **named: Taken.kwargs) -> Given:
        try:
            return function(*given, **named)
        except Exception as error:
            of_another = type(error) is InputError and error.__cause__  # that this one calls: the learner knows only this one
            if isinstance(error, (KitError, OSError, MemoryError)) and not of_another:
                raise
            first = of_another or error
            raise InputError(_sentence(function, given, named, first)) from first

    _speaking.add(wrapper)
    return wrapper


def speak_in_sentences(room: dict[str, Any], names: Iterable[str]) -> None:
    """Make each function among the public names of a room one that is `in_sentences`, also where it is defined.

    room: its globals().
    """
    for name in names:
        function = room[name]
        if isinstance(function, FunctionType) and function not in _speaking:
            room[name] = vars(sys.modules[function.__module__])[function.__name__] = in_sentences(function)


def _sentence(function, given, named, error):
    place = f"{function.__module__}.{function.__qualname__}".removesuffix(".__init__")
    look_up = f"help('{place}') says what it takes."
    try:
        arguments = inspect.signature(function).bind(*given, **named).arguments
    except TypeError:  # one too few or too many, which Python says well
        return f"{first_line(error)}: {look_up}"
    told = ", ".join(f"{name} = {in_words(value)}" for name, value in arguments.items() if name != "self")
    return f"{place.rpartition('.')[2]} cannot use {told} ({first_line(error)}): {look_up}"


def in_words(value: object) -> str:
    """What to call any value in a sentence.

    >>> in_words(None), in_words([3, 4]), in_words("seven"), in_words(print)
    ('nothing', 'a list of 2', '“seven”', 'a function')
    """
    if value is None or value is ...:
        return "nothing" if value is None else "the three dots"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"an array of shape {value.shape}, {value.dtype}"
    if isinstance(value, (str, Path)):
        return f"“{textwrap.shorten(str(value), 40, placeholder='…')}”"
    if isinstance(value, (bool, int, float)):
        return f"{value}"
    if isinstance(value, (list, tuple, dict)):
        return f"a {type(value).__name__} of {len(value)}"
    return "a function" if inspect.isroutine(value) else f"a {type(value).__name__}"


def _in_cells(step):
    """A traceback with only the steps that are the learner's own."""
    if step is None:
        return None
    after = _in_cells(step.tb_next)
    is_own = step.tb_frame.f_globals.get("__name__") == "__main__"
    return TracebackType(after, step.tb_frame, step.tb_lasti, step.tb_lineno) if is_own else after
