"""A number that must hold: a lesson shows it with the range that is normal, and stops where it is outside."""

from digitkit.errors import KitError
from digitkit.words import percent


class UnexpectedError(KitError):
    """A number is outside the range that is normal. The message says both, and what to do."""


class Expected(str):
    """A sentence that a notebook shows as it is, without quotes."""

    def __repr__(self):
        return str(self)


def expect(value: float, at_least: float | None = None, at_most: float | None = None, of: int | None = None) -> Expected:
    """Show a measured number beside the range that is normal for it.

    value: a share from 0 to 1, shown in per cent, or, with `of`, how many of that many. at_least, at_most: what is normal, in the
    same unit; one of them or both. Returns a sentence. Raises UnexpectedError if the number is outside.

    >>> expect(0.9926, at_least=0.985)
    99.3 % (normal: at least 98.5 %)
    >>> expect(102, at_most=300, of=1000)
    102 of 1,000 (normal: at most 300)
    """

    def shown(number):
        return f"{100 * number:.1f} %" if of is None else f"{number:,}"

    found = percent(value) if of is None else f"{value:,} of {of:,}"
    bounds = [(at_least, "at least"), (at_most, "at most")]
    normal = " and ".join(f"{words} {shown(bound)}" for bound, words in bounds if bound is not None)
    if not ((at_least is None or value >= at_least) and (at_most is None or value <= at_most)):
        raise UnexpectedError(
            f"This is {found}, and {normal} is normal. Was a cell above left out or changed? "
            "Restart the kernel and run all cells."
        )
    return Expected(f"{found} (normal: {normal})")
