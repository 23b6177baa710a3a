"""Stubs are made from references, and no solution leaks."""

import ast
import textwrap
from pathlib import Path

import pytest

from grader.course.stubs import StubError, stub_text, write_stubs
from grader.lessons import Course

REFERENCE = '''\
"""Exercise 9.1.1: twice a number."""

from math import fsum

from torch import Tensor


def double(x: Tensor) -> Tensor:
    """Return `2·x`."""
    # BEGIN SOLUTION Add x to itself.
    # Adding is as good as multiplying.
    return x + x
    # END SOLUTION


class Doubler:
    """Doubles."""

    def __call__(self, x: Tensor) -> Tensor:
        if x.ndim == 0:
            # BEGIN SOLUTION A number.
            return 2 * x
            # END SOLUTION
        return double(x)
'''

STUB = '''\
"""Exercise 9.1.1: twice a number."""

from math import fsum

from torch import Tensor


def double(x: Tensor) -> Tensor:
    """Return `2·x`."""
    # TODO: Add x to itself.
    raise NotImplementedError


class Doubler:
    """Doubles."""

    def __call__(self, x: Tensor) -> Tensor:
        if x.ndim == 0:
            # TODO: A number.
            raise NotImplementedError
        return double(x)
'''

QUIZ = """\
ANSWERS: dict[str, str] = {
    # BEGIN SOLUTION
    "q1": "a",
    # STUB "q1": "",
    # STUB "q2": "",
    "q2": "b",
    # END SOLUTION
}
"""

QUIZ_STUB = """\
ANSWERS: dict[str, str] = {
    "q1": "",
    "q2": "",
}
"""


def stub_of(source: str) -> str:
    return stub_text(textwrap.dedent(source), "reference/x.py")


def message_for(source: str) -> str:
    with pytest.raises(StubError) as caught:
        stub_of(source)
    return str(caught.value)


def test_stub_keeps_all_but_the_solution() -> None:
    """Docstrings, types, imports and code around a block stay; the block becomes a to-do and a raise."""
    assert stub_of(REFERENCE) == STUB


def test_stub_lines_stand_in_place_of_the_raise() -> None:
    """`# STUB` lines say what the stub holds, at the indentation of the block; a to-do is optional."""
    assert stub_of(QUIZ) == QUIZ_STUB


def test_stub_lines_may_nest_and_have_a_todo() -> None:
    """Further indentation after `# STUB ` is kept, and the to-do stands above."""
    source = """\
        def f(x):
            # BEGIN SOLUTION Use the formula.
            return x
            # STUB if x:
            # STUB     return None
            # END SOLUTION
        """
    assert stub_of(source) == "def f(x):\n    # TODO: Use the formula.\n    if x:\n        return None\n"


def test_bare_stub_line_leaves_nothing() -> None:
    """A whole function of the solution can vanish."""
    source = """\
        # BEGIN SOLUTION
        def mine(x):
            return x
        # STUB
        # END SOLUTION


        def f(x):
            # BEGIN SOLUTION Write f.
            return mine(x)
            # END SOLUTION
        """
    assert stub_of(source) == "\n\ndef f(x):\n    # TODO: Write f.\n    raise NotImplementedError\n"


def test_stub_of_a_stub_is_refused() -> None:
    """A file without a solution to leave out would be published as it stands."""
    expected = "reference/x.py, line 1: there is no `# BEGIN SOLUTION`, so the stub would hold the whole solution."
    assert message_for(STUB).startswith(expected)


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("def f():\n    # BEGIN SOLUTION a\n    return 1\n", 2, "never closed"),
        ("def f():\n    return 1\n    # END SOLUTION\n", 3, "ends nothing"),
        (
            "def f():\n    # BEGIN SOLUTION a\n    # BEGIN SOLUTION b\n    pass\n    # END SOLUTION\n",
            3,
            "block of line 2",
        ),
        ("def f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION\n", 2, "does not say what to do"),
        ("def f():\n    # begin solution a\n    return 1\n    # END SOLUTION\n", 2, "looks like a marker"),
        ("def f():\n    # BEGIN SOLUTION a\n    return 1\n    # END SOLUTIONS\n", 4, "looks like a marker"),
        ("def f():\n    return 1  # BEGIN SOLUTION a\n    # END SOLUTION\n", 2, "looks like a marker"),
        (
            "def f():\n    # BEGIN SOLUTION a\n    return 1\n    #STUB pass\n    # END SOLUTION\n",
            4,
            "looks like a marker",
        ),
        ("# STUB x = 1\n", 1, "looks like a marker"),
        ("x = [\n    # BEGIN SOLUTION a\n    1,\n    # END SOLUTION\n]\n", 2, "the stub made from this reference"),
        ("# BEGIN SOLUTION a\nx = 1\n# END SOLUTION\n", 1, "as soon as it is imported"),
        ("class A:\n    # BEGIN SOLUTION a\n    x = 1\n    # END SOLUTION\n", 2, "as soon as it is imported"),
        (
            "def f():\n    # BEGIN SOLUTION a\n    return 1\n    # STUB return )\n    # END SOLUTION\n",
            2,
            "unmatched ')'",
        ),
        ("x = 1\ndef f(:\n", 2, "the reference is not valid Python"),
        ("x = '\0'\n", 1, "the reference is not valid Python"),
    ],
)
def test_faults_of_a_reference_name_the_line(source: str, line: int, says: str) -> None:
    """A fault names the file, the line of the reference and what is wrong; no stub comes out."""
    found = message_for(source)
    assert found.startswith(f"reference/x.py, line {line}: ")
    assert says in found


def test_error_carries_file_and_line() -> None:
    """Other parts of the harness can point at the fault."""
    with pytest.raises(StubError) as caught:
        stub_text("# END SOLUTION\n", "a.py")
    assert (caught.value.file, caught.value.line) == ("a.py", 1)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    files = {"ex1_double.py": REFERENCE, "quiz.py": QUIZ, "test_ex1_double.py": "", "test_quiz.py": ""}
    for name, text in files.items():
        side = "tests" if name.startswith("test_") else "reference"
        path = tmp_path / side / "lesson_9_1_double" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Course(tmp_path)


def names(paths: list[Path]) -> set[str]:
    return {path.name for path in paths}


def test_stubs_are_written_once(course: Course) -> None:
    """The first run writes everything, the second finds nothing to do."""
    assert names(write_stubs(course, course.exercises)) == {"__init__.py", "ex1_double.py", "quiz.py"}
    folder = course.exercises_root / "lesson_9_1_double"
    assert (folder / "ex1_double.py").read_text(encoding="utf-8") == STUB
    assert (folder / "quiz.py").read_text(encoding="utf-8") == QUIZ_STUB
    assert (folder / "__init__.py").read_bytes() == b""
    assert write_stubs(course, course.exercises) == []
    assert names(list(folder.iterdir())) == {"__init__.py", "ex1_double.py", "quiz.py"}


def test_only_what_differs_is_written(course: Course) -> None:
    """A stub that is right keeps its time stamp; one that was edited is made anew."""
    write_stubs(course, course.exercises)
    folder = course.exercises_root / "lesson_9_1_double"
    (folder / "quiz.py").write_bytes(b"\xff edited")
    before = (folder / "ex1_double.py").stat().st_mtime_ns
    assert write_stubs(course, course.exercises) == [folder / "quiz.py"]
    assert (folder / "ex1_double.py").stat().st_mtime_ns == before
    assert ast.parse((folder / "quiz.py").read_text(encoding="utf-8"))


def test_line_ends_do_not_count(course: Course) -> None:
    """A checkout with Windows line ends is not out of date."""
    write_stubs(course, course.exercises)
    stub = course.exercises_root / "lesson_9_1_double" / "ex1_double.py"
    stub.write_bytes(stub.read_bytes().replace(b"\n", b"\r\n"))
    assert write_stubs(course, course.exercises, check=True) == []


def test_check_writes_nothing(course: Course) -> None:
    """With `check` the files are named and left alone."""
    assert names(write_stubs(course, course.exercises, check=True)) == {"__init__.py", "ex1_double.py", "quiz.py"}
    assert not course.exercises_root.exists()


def test_one_fault_leaves_all_stubs_alone(course: Course) -> None:
    """Nothing is written when one of the references is faulty."""
    course.reference(course.exercises[-1]).write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(StubError):
        write_stubs(course, course.exercises)
    assert not course.exercises_root.exists()


def test_missing_reference_is_named(course: Course) -> None:
    """Checks without a reference are told apart from a faulty reference."""
    course.reference(course.exercises[0]).unlink()
    expected = r"the file is missing although `tests/lesson_9_1_double/test_\w+\.py` checks it"
    with pytest.raises(StubError, match=expected):
        write_stubs(course, course.exercises)
