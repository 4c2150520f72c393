"""Puts the lessons into the wheel, as a learner gets them: without their outputs, which are most of their size."""

import sys
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Lessons(BuildHookInterface):
    """What hatchling calls before and after it builds a wheel."""

    def initialize(self, version, build_data):
        if version == "editable":  # there the notebooks stand beside the package
            return
        sys.path.insert(0, self.root)
        from digitkit.lessons import make_lessons

        self.folder = tempfile.TemporaryDirectory()
        make_lessons(Path(self.folder.name))
        build_data["force_include"][self.folder.name] = "digitkit/_lessons"

    def finalize(self, version, build_data, artifact_path):
        if version != "editable":
            self.folder.cleanup()
