"""Small changes of a source file, one at a time, and how Python imports a module with one of them: for mutants.py."""

import functools
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_string

ROOT = Path(__file__).resolve().parent.parent
LEFT_ALONE = {"len", "isinstance"}  # what stands in a call of these is not changed, as mutmut does


@dataclass(frozen=True)
class Mutant:
    """One change. before, after: the part of the source that is changed, on one line."""

    module: str
    path: Path
    lines: tuple  # first and last of the statement
    kind: str
    before: str
    after: str
    changed: Callable  # gives the module with the change; only called for the mutants that are tried

    @property
    def told(self):
        """What a log says of it."""
        return {name: str(value) for name, value in vars(self).items() if name not in {"path", "changed"}}


def _another_text(node):
    if node.raw_value and node.value[-3:] != '"""':  # no docstring
        yield node.with_changes(value='b"XX"' if "b" in node.prefix else '"XX"')


def _negated(node):
    yield node.with_changes(
        test=cst.UnaryOperation(cst.Not(), node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]))
    )


def _nothing_returned(node):
    if node.value is not None and not (isinstance(node.value, cst.Name) and node.value.value == "None"):
        yield node.with_changes(value=cst.Name("None"))


def _left_out(node):
    is_text = isinstance(node, cst.Expr) and isinstance(node.value, (cst.BaseString, cst.Yield))
    if not is_text:
        yield cst.Pass()


OURS = [
    (cst.SimpleString, _another_text),
    (cst.If, _negated),
    (cst.CompIf, _negated),
    (cst.Return, _nothing_returned),
    (cst.Expr, _left_out),
    (cst.Raise, _left_out),
]
OPERATORS = [(kind, operator) for kind, operator in mutation_operators if operator is not operator_string] + OURS


def mutants_of(path: Path) -> list[Mutant]:
    """All mutants of a source file. An `__init__.py`, which only imports, has none."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")))
    positions, found = wrapper.resolve(PositionProvider), []
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)

    def visit(node, statement):
        if isinstance(node, (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)):
            return
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in LEFT_ALONE:
            return
        if isinstance(node, cst.Assign) and getattr(node.targets[0].target, "value", "") == "__all__":
            return
        if isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            first, last = positions[node].start.line, positions[node].end.line
            if isinstance(node, cst.BaseCompoundStatement) and hasattr(node, "body"):
                last = positions[node.body].start.line  # its head; what is in it has lines of its own
            statement = first, last
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                for after in operator(node):
                    texts = (" ".join(wrapper.module.code_for_node(one).split()) for one in (node, after))
                    name = operator.__name__.removeprefix("operator_").strip("_")
                    code = functools.partial(wrapper.module.deep_replace, node, after)
                    found.append(Mutant(module, path, statement, name, *texts, code))
        for child in node.children:
            visit(child, statement)

    visit(wrapper.module, (1, 1))
    return found


class Changed(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """A pytest plugin that imports one module from the code of a mutant."""

    def __init__(self, mutant):
        super().__init__(mutant.module, str(mutant.path))
        self.code = mutant.changed().code

    def pytest_sessionstart(self):
        sys.meta_path.insert(0, self)  # before pytest's own, which imports modules with doctests from their files

    def find_spec(self, name, path, target=None):
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, fullname):
        return compile(self.code, self.path, "exec")
