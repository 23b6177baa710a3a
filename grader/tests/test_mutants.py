"""Mutants are small changes of what the student writes, each another program, in a stable order with stable names."""

import ast

import pytest

from grader.course.mutants import mutants_of, sample

TEMPLATE = '''\
"""A module."""

LIMIT = 1 + 1


def f(a, b, n, x, params):
    """Return something: 1 + 1."""
    # BEGIN SOLUTION Write it.
    {code}
    # END SOLUTION


def other(a):
    return a + 1
'''


def mutated(code):
    """Return what the mutants of a solution put in place of its lines."""
    return [mutant.new for mutant in mutants_of(TEMPLATE.format(code=code))]


CHANGES = {
    "return a + b": ["return a - b"],
    "return a @ b": ["return a * b", "return b @ a"],
    "return a - b": ["return a + b", "return b - a"],
    "return a // b % n": ["return a // b // n", "return n % a // b", "return a / b % n", "return b // a % n"],
    "return -a": ["return a"],
    "a += b": ["a -= b", "a = b", "pass"],
    "return a < b": ["return a <= b", "return a >= b"],
    "return a == b": ["return a != b"],
    "return a in b": ["return a not in b"],
    "return a and not b": ["return a or not b", "return (a)", "return (not b)", "return a and (b)"],
    "return a if b else n": ["return (a)", "return (n)"],
    "return x[0]": ["return x[1]"],
    "return a * 2": ["return a / 2", "return a * 3", "return a * 1"],
    "return a * 0.5": ["return a / 0.5", "return a * 1.0", "return a * 0.25"],
    "return x.sum(dim=0, keepdim=True)": [
        "return x.mean(dim=0, keepdim=True)",
        "return x",
        "return x.sum(keepdim=True)",
        "return x.sum(dim=1, keepdim=True)",
        "return x.sum(dim=0, keepdim=False)",
    ],
    "return x.T": ["return x"],
    "return x.detach().clone()": ["return x.detach()", "return x.clone()"],
    "return max(a, n)": ["return min(a, n)"],
    "return f(a, b)": ["return f(b, a)"],
    "return a, b": ["return b, a", "return a, a", "return b, b"],
    "return list(range(n))": ["return list(range(n + 1))", "return list(range(n - 1))"],
    "return x[a:n]": ["return x[a + 1:n]", "return x[a - 1:n]", "return x[a:n + 1]", "return x[a:n - 1]"],
    "return x[n]": ["return x[n - 1]"],
    "return [i for i in x if i]": ["return [i for i in x if True]"],
    "a = b": ["pass"],
    "c = b": [],
    "x[0] = b": ["pass", "x[1] = b"],
    "del x": ["pass"],
    "x.append(a)": ["pass"],
    "raise ValueError('n is 1')": ["raise TypeError('n is 1')"],
    "return (a - b) ** 2": ["return (a - b) * 2", "return (a - b) ** 3", "return (a - b) ** 1", "return (a + b) ** 2"],
}


@pytest.mark.parametrize("code", CHANGES)
def test_changes(code):
    """Each kind of statement and expression has its changes, and no others."""
    found = [new for new in mutated(code) if new != "return None"]

    assert sorted(found) == sorted(CHANGES[code])


BLOCKS = {
    "if a < 1:\n        raise ValueError('too small')": (
        "pass",
        "if a <= 1:",
        "if a >= 1:",
        "if a < 2:",
        "if a < 0:",
        "raise TypeError('too small')",
    ),
    "if a:\n        return 1\n    else:\n        return 2": ("if True:", "if False:", "return 0", "return 1", "return 2", "return 3"),
    "for i in x:\n        if i:\n            break": ("continue", "pass"),
    "with x:\n        del a": ("if True:", "pass"),
}  # fmt: skip


@pytest.mark.parametrize("code", BLOCKS)
def test_changes_of_blocks(code):
    """Guards fall away whole, branches are taken always or never, and what a guard says stays as it is."""
    assert set(mutated(code)) == set(BLOCKS[code])


def test_an_answer_becomes_another_letter():
    """In a quiz each answer is exchanged for every other letter."""
    source = 'ANSWERS = {\n    # BEGIN SOLUTION\n    "q1": "b",\n    # END SOLUTION\n}\n'

    assert [mutant.new for mutant in mutants_of(source)] == [f'"q1": "{letter}",' for letter in "acd"]


def test_only_what_the_student_writes_is_changed():
    """Docstrings, comments, annotations, messages of errors, and code around the solution stay as they are."""
    code = 'c: "int" = a  # 1 + 1\n    raise ValueError(f"{a + 1} is {b - 1}")'
    before, after = TEMPLATE.split("    {code}\n")

    for mutant in mutants_of(TEMPLATE.format(code=code)):
        assert mutant.source.startswith(before)
        assert mutant.source.endswith(after)
        assert 'c: "int" = a  # 1 + 1' in mutant.source
        assert '(f"{a + 1} is {b - 1}")' in mutant.source


SOLUTION = """\
grün = a * 2  # grün is green: 1 + 1
    for i in range(n):
        grün = grün - x[i] / (
            b + 1  # twice
        )
    return grün, params["w"].T"""


def test_mutants_differ_from_each_other_and_from_the_reference():
    """No mutant is the reference or another mutant in other clothes, and each is a program."""
    source = TEMPLATE.format(code=SOLUTION)
    pictures = [ast.dump(ast.parse(text)) for text in (source, *(one.source for one in mutants_of(source)))]

    assert len(pictures) == len(set(pictures)) > 20


def test_names_outlive_what_stands_around_a_line():
    """A mutant's name stays the same when a docstring grows or a comment changes, and no two share one."""
    source = TEMPLATE.format(code=SOLUTION)
    later = source.replace("Return something", "Think first.\n\n    Return something").replace("# twice", "# more")
    names = [mutant.id for mutant in mutants_of(source)]

    assert names == [mutant.id for mutant in mutants_of(later)]
    assert len(names) == len(set(names))


def test_changed_lines_are_shown_as_code():
    """A mutant shows its lines without indentation and comments, and what was taken out and put in."""
    found = {mutant.operator: mutant for mutant in mutants_of(TEMPLATE.format(code="return x.detach() + a  # the sum"))}
    plus, detach = found["arithmetic"], found["removed"]

    assert (plus.function, plus.line, plus.cut, plus.put) == ("f", 9, "+", "-")
    assert (plus.old, plus.new) == ("return x.detach() + a", "return x.detach() - a")
    assert (detach.new, detach.cut, detach.put) == ("return x + a", ".detach()", "")


def test_methods_are_named_with_their_class():
    """The function of a mutant in a method is `Class.method`."""
    source = "class A:\n    def f(self):\n        # BEGIN SOLUTION x\n        return 1\n        # END SOLUTION\n"

    assert {mutant.function for mutant in mutants_of(source)} == {"A.f"}


def test_a_sample_is_spread_over_the_kinds():
    """A sample has mutants of every kind before it has many of one, keeps their order, and is always the same."""
    mutants = mutants_of(TEMPLATE.format(code=SOLUTION))
    kinds = {mutant.operator for mutant in mutants}
    chosen = sample(mutants, len(kinds))

    assert {mutant.operator for mutant in chosen} == kinds
    assert [mutants.index(mutant) for mutant in chosen] == sorted(mutants.index(mutant) for mutant in chosen)
    assert chosen == sample(mutants, len(kinds))
    assert sample(mutants, None) == sample(mutants, 1000) == mutants
