"""Of a pull request only the exercise files of the course are taken: regular ones, of a sane size, as data."""

import pytest

from grader import handin
from grader.lessons import find_course
from grader.options import UsageError
from grader.pulls import blobs
from grader.pulls.blobs import read_pull, write_files
from grader.tests.pull_requests import DESCEND, DOUBLE, MEAN, Repository

RIGHT = "def mean(X):\n    return X.mean(dim=0)\n"
HOSTILE = {
    "conftest.py": "raise SystemExit(0)",
    "pytest.ini": "[pytest]\naddopts = --collect-only",
    "pyproject.toml": "[project]",
    ".gitattributes": "* filter=evil",
    ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = https://example.org/x',
    ".github/workflows/grade.yml": "on: push",
    "torch.py": "",
    "sitecustomize.py": "raise SystemExit(0)",
    "grader/cli.py": "",
    "reference/lesson_1_2_mean/ex1_mean.py": RIGHT,
    "tests/lesson_1_2_mean/test_ex1_mean.py": "EXERCISE = 0",
    "tests/lesson_9_9_new/test_ex1_new.py": "",
    "exercises/conftest.py": "",
    "exercises/torch.py": "",
    "exercises/lesson_1_2_mean/EX1_mean.py": RIGHT,
    "exercises/LESSON_1_2_MEAN/ex1_mean.py": RIGHT,
    "exercises/lesson_1_2_mean/conftest.py": "",
    "exercises/lesson_1_2_mean/ex1_mean.py.orig": RIGHT,
    "exercises/lesson_1_2_mean/ex1_mean/__init__.py": RIGHT,
    "exercises/lesson_1_2_mean/link.py": ("120000", "../../reference/lesson_1_2_mean/ex1_mean.py"),
    "exercises/lesson_9_9_new/ex1_new.py": "",
    "-rf": "",
    "new\nline\u202e": "",
}


@pytest.fixture
def repository(copied_course):
    """The tiny course as the first commit of a repository."""
    made = Repository(copied_course.root)
    made.begin()
    return made


def pulled(repository, commit, base="HEAD"):
    """Return what a commit hands in."""
    return read_pull(find_course(repository.root), commit, base)


def texts(pull):
    return {one.file: data.decode() for one, data in pull.files.items()}


def test_an_honest_pull_request(repository):
    """The changed exercise arrives as it was committed, the others as they are; nothing is said."""
    found = pulled(repository, repository.branch({f"exercises/{MEAN}": RIGHT}))

    assert texts(found)[MEAN] == RIGHT
    assert set(texts(found)) == {one.file for one in find_course(repository.root).exercises}
    assert [one.file for one in found.changed] == [MEAN]
    assert (found.refused, found.ignored) == ([], [])


def test_a_hostile_pull_request(repository, tmp_path):
    """Everything that is no exercise of the course has no effect, whatever its name; all of it is named as ignored."""
    before = {path: path.stat().st_mtime_ns for path in repository.root.rglob("*") if ".git" not in path.parts}
    commit = repository.branch({**HOSTILE, f"exercises/{MEAN}": ("100755", RIGHT)})

    found = pulled(repository, commit)
    write_files(found, tmp_path / "taken")

    assert [one.file for one in found.changed] == [MEAN]
    assert sorted(found.ignored) == sorted(HOSTILE)
    taken = {path.relative_to(tmp_path / "taken").as_posix() for path in (tmp_path / "taken").rglob("*.*")}
    assert taken == {one.file for one in find_course(repository.root).exercises}
    after = {path: path.stat().st_mtime_ns for path in repository.root.rglob("*") if ".git" not in path.parts}
    assert after == before


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (("120000", "../../reference/lesson_1_2_mean/ex1_mean.py"), "it is a symbolic link. Hand in the file itself."),
        (("120000", "/etc/passwd"), "it is a symbolic link. Hand in the file itself."),
        (("160000", "1" * 40), "it is a submodule. Hand in the file itself."),
        (b"0" * (blobs.LARGEST_BLOB + 1), "it is larger than 1 MB. Is it the right file?"),
    ],
    ids=["link to the reference", "link to the system", "submodule", "large"],
)
def test_what_is_not_taken(repository, tmp_path, entry, why):
    """A link, a submodule and a blob that is too large are named, and become no file."""
    found = pulled(repository, repository.branch({f"exercises/{MEAN}": entry}))
    write_files(found, tmp_path / "taken")

    assert found.refused == [f"exercises/{MEAN} was not taken: {why}"]
    assert not (tmp_path / "taken" / MEAN).is_symlink()
    assert not (tmp_path / "taken" / MEAN).exists()
    assert (tmp_path / "taken" / DESCEND).is_file()


def test_a_folder_in_place_of_a_file(repository):
    """A folder with the name of an exercise is not taken, and neither is what lies in it."""
    entries = {f"exercises/{MEAN}": None, f"exercises/{MEAN}/__init__.py": RIGHT}
    found = pulled(repository, repository.branch(entries))

    assert found.refused == [f"exercises/{MEAN} was not taken: it is a folder. Hand in the file itself."]
    assert MEAN not in texts(found)


def test_a_link_in_place_of_a_folder(repository):
    """A lesson's folder that is a link brings no files."""
    entries = dict.fromkeys([f"exercises/{MEAN}", f"exercises/{DESCEND}"])
    entries |= {f"exercises/lesson_1_2_mean/{name}": None for name in ("README.md", "__init__.py")}
    entries["exercises/lesson_1_2_mean"] = ("120000", "../reference/lesson_1_2_mean")
    found = pulled(repository, repository.branch(entries))

    assert set(texts(found)) == {"lesson_1_1_double/quiz.py", DOUBLE}
    assert {one.file for one in found.changed} == {MEAN, DESCEND}


def test_a_tree_with_a_name_twice(repository):
    """A forged tree that holds one name twice gives neither of the two."""
    folder = repository.git("ls-tree", "main:exercises/lesson_1_2_mean", "ex1_mean.py").split()[2]
    entry = b"100644 ex1_mean.py\0" + bytes.fromhex(folder)
    other = b"100644 ex1_mean.py\0" + bytes.fromhex(repository.blob(RIGHT))
    tree = repository.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", given=entry + other)
    for name in ("lesson_1_2_mean", "exercises"):
        tree = repository.git("mktree", given=f"040000 tree {tree}\t{name}\n".encode())
    found = pulled(repository, repository.git("commit-tree", tree, "-p", "main", "-m", "forged"))

    assert f"exercises/{MEAN} was not taken: it stands in the commit more than once." in found.refused
    assert MEAN not in texts(found)


def test_only_what_the_branch_changed_counts(repository):
    """An exercise that changed in the base since the branch began is not the pull request's change."""
    commit = repository.branch({f"exercises/{MEAN}": RIGHT})
    base = repository.branch({f"exercises/{DOUBLE}": "# a better stub\n"})

    assert [one.file for one in pulled(repository, commit, base).changed] == [MEAN]


def test_a_history_too_short_to_say_where_a_branch_began(repository):
    """Without a common ancestor the pull request is compared with the base."""
    tree = repository.git("rev-parse", f"{repository.branch({f'exercises/{MEAN}': RIGHT})}^{{tree}}")
    found = pulled(repository, repository.git("commit-tree", tree, "-m", "no parent"))

    assert [one.file for one in found.changed] == [MEAN]


def test_a_course_in_a_folder_of_the_repository(copied_course):
    """The course may lie anywhere in its repository."""
    repository = Repository(copied_course.root.parent)
    repository.begin()
    commit = repository.branch({f"course/exercises/{MEAN}": RIGHT, f"exercises/{DOUBLE}": RIGHT})

    found = read_pull(copied_course, commit, "HEAD")

    assert found.folder == "course/"
    assert [one.file for one in found.changed] == [MEAN]
    assert found.ignored == [f"exercises/{DOUBLE}"]


def test_a_replaced_object(repository):
    """`refs/replace` of a careless clone do not change what is graded."""
    commit = repository.branch({f"exercises/{MEAN}": RIGHT})
    repository.git("replace", repository.blob(RIGHT), repository.blob("ANSWERS = 1\n"))

    assert texts(pulled(repository, commit))[MEAN] == RIGHT


@pytest.mark.parametrize("commit", ["nothing", "--upload-pack=x", "", "HEAD:exercises"])
def test_a_commit_that_is_not_there(repository, commit):
    """An unknown commit is one sentence that says how to get it; no word is taken for an option of git."""
    with pytest.raises(UsageError, match=r"There is no commit `.*` here. Fetch it first"):
        pulled(repository, commit)


def test_no_repository(copied_course):
    """Without a repository the sentence is git's own."""
    with pytest.raises(UsageError, match="git cannot read the pull request: fatal: not a git repository"):
        read_pull(copied_course, "HEAD", "HEAD")


def test_the_limit_is_the_one_of_hand_ins():
    """A file that is taken is never refused later for its size."""
    assert blobs.LARGEST_BLOB == handin.LARGEST_FILE
