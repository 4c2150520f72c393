"""Whether an answer may be an old one: the cell that works it out has stopped with an error since.

Python keeps the value that a name had before, so a check would judge an answer that is no longer there. In a notebook, IPython
tells how each cell ended. Elsewhere there is nothing to tell, and nothing here does anything.
"""

import ast
import re
import sys
from types import FrameType

COMMA = re.compile(r"=\s*[-−]?\d+,\d+\s*(#|$)", re.MULTILINE)
_stopped: dict[str, str] = {}  # of cells that stopped with an error and have not run well since: {name: the cell that sets it}
_watched: list = []  # the IPython that tells


def watch() -> None:
    """From now on, remember which cells stop with an error. Without IPython nothing happens."""
    shell = _shell()
    if shell is None or any(shell is other for other in _watched):
        return
    _watched[:] = [shell]
    _stopped.clear()
    shell.events.register("post_run_cell", _remember)
    _remember(getattr(shell, "last_execution_result", None))  # the cell before this one


def stopped_before(frame: FrameType, answer: object) -> str | None:
    """A sentence for the learner if the answer may be an old one, else None. frame: where the check was called."""
    watch()
    if _shell() is None:
        return None
    for name, cell in _stopped.items():
        if name in frame.f_code.co_names and frame.f_globals.get(name) is answer:
            comma = " Python writes decimals with a point, like 0.98." if COMMA.search(cell) else ""
            return (
                f"The cell that sets `{name}` stopped with an error, so this answer may be an old one."
                f"{comma} Mend that cell and run it; then run this check again."
            )
    return None


def _remember(result):
    source = getattr(getattr(result, "info", None), "raw_cell", None)
    if not isinstance(source, str):
        return
    done, left = _names_set(source, _line_that_failed(result))
    for name in done | left:
        _stopped.pop(name, None)
    if not result.success:
        _stopped.update(dict.fromkeys(left, source))


def _line_that_failed(result):
    """The line of the cell at which Python stopped; 0 if it did not even begin, or did not stop."""
    line, step = 0, getattr(getattr(result, "error_in_exec", None), "__traceback__", None)
    while step is not None:  # the last one at the cell's own level; deeper ones are in functions and other files
        line = step.tb_lineno if step.tb_frame.f_locals is _watched[0].user_ns else line
        step = step.tb_next
    return line


def _names_set(source, failed):
    """The names to which a cell gives a value: (those it has set, those it has not). failed: the line at which it stopped.

    >>> _names_set("a = 1\\nb = 2 / 0", failed=2)
    ({'a'}, {'b'})
    >>> _names_set("a, b = 1, 2 +", failed=0) == (set(), {"a", "b"})
    True
    """
    done, left = set(), set()
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError):  # by the look of it: a mistake in typing, or IPython's own signs such as %
        left.update(re.findall(r"^\s*def\s+(\w+)", source, re.MULTILINE))
        for names in re.findall(r"^([\w \t,()]+?)[ \t]*=(?!=)", source, re.MULTILINE):
            left.update(re.findall(r"[^\W\d]\w*", names))
        return done, left
    for statement in statements:
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        names |= {statement.name} if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) else set()
        (done if (statement.end_lineno or 0) < failed else left).update(names)
    return done - left, left


def _shell():
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None
