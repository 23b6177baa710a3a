"""Grading from a notebook: what is written out of its cells, and a real kernel that grades a right and a wrong function."""

import linecache

import pytest

from grader.notebook import NotebookError, written_out

nbformat = pytest.importorskip("nbformat", reason="needs the development packages nbclient and ipykernel")


CELL = """
import math
HALF = 0.5
TABLE = {"a": [1, 2]}
unused = object()

def total(values):
    return math.fsum(values) * HALF / HALF + TABLE["a"][0] - 1

def mean(values):
    'The student\\'s own words.'
    return total(values) / len(values)

def my_mean(values):
    return mean(values)
"""


def names_of(cell):
    """Return what a cell defines, as in a notebook."""
    linecache.cache["<cell>"] = (len(cell), None, cell.splitlines(keepends=True), "<cell>")
    names = {"__name__": "__main__"}
    exec(compile(cell, "<cell>", "exec"), names)
    return names


@pytest.fixture
def one(course):
    """Return the exercise of the tiny course whose only function is `mean`."""
    return next(one for one in course.exercises if "def mean" in course.stub(one).read_text())


def run(source, call):
    namespace = {}
    exec(source, namespace)
    return eval(call, namespace)


def test_a_function_brings_what_it_uses(course, one):
    """Functions, modules and plain values of the notebook go along, and nothing else does."""
    source = written_out(course, one, names_of(CELL), [])

    assert run(source, "mean([1.0, 2.0, 6.0])") == 3.0
    assert "unused" not in source
    assert "my_mean" not in source


def test_a_function_of_another_name(course, one):
    """`%grade 1.2.1 my_mean` grades that function in the place of the exercise's only one."""
    source = written_out(course, one, names_of(CELL), ["my_mean"])

    assert "mean = my_mean" in source


def test_functions_that_use_each_other(course, one):
    """Two functions that call each other are both written out."""
    cell = """
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n > 0 and even(n - 1)
def mean(values): return even(len(values))
"""
    source = written_out(course, one, names_of(cell), [])

    assert run(source, "mean([1, 2, 3, 4])") is True


@pytest.mark.parametrize(
    ("cell", "given", "says"),
    [
        ("", [], "Define `mean` in a cell and run that cell first."),
        (CELL, ["nowhere"], "Define `nowhere` in a cell and run that cell first."),
        (CELL, ["mean", "other"], "has no `other`; its functions are mean."),
    ],
)
def test_what_is_not_there(course, one, cell, given, says):
    """A function that no cell has defined is named."""
    with pytest.raises(NotebookError, match=says):
        written_out(course, one, names_of(cell), given)


def test_in_a_kernel(course, tmp_path):
    """A right function earns everything, a wrong one is explained, and a wrong name is one sentence."""
    from nbclient import NotebookClient

    cells = [
        f"import os; os.chdir({str(course.root)!r})\n%load_ext grader.notebook",
        "def mean(X):\n    if not len(X):\n        raise ValueError('empty')\n    return X.sum(0) / len(X)",
        "%grade 1.2.1",
        "def mean(X):\n    return X.sum(0)",
        "%grade 1.2.1 mean",
        "%grade 7.7",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    NotebookClient(book, timeout=120, kernel_name="python3").execute()
    right, wrong, nothing = (book.cells[index].outputs for index in (2, 4, 5))

    assert "100 %" in right[0]["data"]["text/plain"]
    assert "<iframe" in right[0]["data"]["text/html"]
    assert "0 of " in wrong[0]["data"]["text/plain"]
    assert nothing[0]["text"].startswith("%grade: ")
