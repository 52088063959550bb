"""How long a file and a function may be. The maximum binds: it is the tail that makes code unreadable."""

import ast
import math
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE_LINES = 300
FUNCTION_LINES = 60
FUNCTION_LINES_P90 = 35
# A schema step lists tables; cutting it up would only hide the list.
LISTS = ("server/migrations/versions",)

PYTHON = [
    p
    for folder in ("server", "signaling", "recordings_policy", "tests")
    for p in (ROOT / folder).rglob("*.py")
]
TYPESCRIPT = [p for folder in ("src", "tests") for p in (ROOT / "webclient" / folder).rglob("*.ts")]


def lines_of(source: str) -> int:
    return source.count("\n")


def functions_of(source: str) -> dict[str, int]:
    """Name ► length in lines, from `def` to the end, its docstring left out."""
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            first = node.body[0]
            if ast.get_docstring(node) and len(node.body) > 1:
                length -= (first.end_lineno or first.lineno) - first.lineno + 1
            found[f"{node.name}:{node.lineno}"] = length
    return found


def percentile_90(values: list[int]) -> int:
    return sorted(values)[math.ceil(len(values) * 0.9) - 1]


def lengths(files: list[Path]) -> dict[str, int]:
    return {
        f"{path.relative_to(ROOT)}:{name}": length
        for path in files
        if not str(path.relative_to(ROOT)).startswith(LISTS)
        for name, length in functions_of(path.read_text()).items()
    }


def test_no_file_is_longer_than_one_can_hold_in_mind() -> None:
    names = {str(path.relative_to(ROOT)): path for path in [*PYTHON, *TYPESCRIPT]}
    long = {name: lines_of(path.read_text()) for name, path in names.items() if not name.startswith(LISTS)}
    assert {name: lines for name, lines in long.items() if lines > FILE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    assert {name: lines for name, lines in lengths(PYTHON).items() if lines > FUNCTION_LINES} == {}


def test_nine_of_ten_functions_are_short() -> None:
    product = [path for path in PYTHON if not path.is_relative_to(ROOT / "tests")]
    assert percentile_90(list(lengths(product).values())) <= FUNCTION_LINES_P90


@pytest.mark.parametrize(
    ("body", "length"), [("    pass\n", 2), ("    x = 1\n" * 70, 71), ('    "doc"\n    x = 1\n', 2)]
)
def test_lengths_are_counted_right(body: str, length: int) -> None:
    assert functions_of(f"def f() -> None:\n{body}") == {"f:1": length}
