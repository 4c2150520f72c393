"""Several JavaScript modules -> one script, because a page without a server can import nothing."""

import re
from pathlib import Path

STATIC = Path(__file__).with_name("static")
SHARED_STYLES = [
    STATIC / name for name in ("colours.css", "sheet.css", "bars.css", "live_layers.css")
]  # of the page and of the widgets
_IMPORT = re.compile(r'^import \{[^}]*\} from "[^"]+";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def assembled(*modules: Path) -> str:
    """Modules, each after those that it imports from, as one script in which all their names are known.

    What they import must be among them, and no two of them may use a name twice.

    >>> "export" in assembled(STATIC / "numbers.js")
    False
    """
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", module.read_text(encoding="utf-8"))).strip() + "\n" for module in modules)
