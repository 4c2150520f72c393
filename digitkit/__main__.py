"""The entry point of `python -m digitkit`: see `cli`."""

import sys

from digitkit.cli import main

if __name__ == "__main__":
    sys.exit(main())
