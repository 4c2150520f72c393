"""The standard output and error of a command, wherever they lead: to a code page without a name's letters, or nowhere."""

import io
import os
import sys


def prepare_outputs() -> None:
    """Make sure that no command stops because of what its output cannot hold, or because it has none.

    A letter that the output's code page lacks (Windows, once it goes to a file) is written as an escape, \\u011f for ğ. Where the
    standard input, output or error is missing (pythonw, services), its number is taken by an empty file: else the next file or
    connection that is opened would get the number, and with it what libraries write to it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
