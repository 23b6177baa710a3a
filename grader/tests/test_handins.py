"""Reading the hand-ins of a class: every layout, every place of a file, and what hostile people send."""

import io
import os
import stat
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from grader.batch import reading
from grader.batch.gradescope import submissions
from grader.batch.layouts import find
from grader.batch.reading import Reader
from grader.batch.roster import read_roster
from grader.handin import LARGEST_FILE
from grader.journal import Student
from grader.options import UsageError

DOUBLE = "lesson_1_1_double/ex2_double.py"
QUIZ = "lesson_1_1_double/quiz.py"
MEAN = "lesson_1_2_mean/ex1_mean.py"
DESCEND = "lesson_1_2_mean/ex2_descend.py"


@pytest.fixture
def read(course, tmp_path):
    """Return `read({path: content})`: what is read of these hand-ins, by student."""

    def run(files, layout=None, *, root="hand_ins", lessons=()):
        for name, content in files.items():
            path = tmp_path / root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        reader = Reader(course, course.select(lessons) if lessons else ())
        found, parcels = find(tmp_path / root, layout)
        run.layout = found
        return {one.hand_in.student: one for one in map(reader.read, parcels)}

    return run


def zipped(files, method=zipfile.ZIP_DEFLATED):
    """Return a zip with these files; a name may be a `ZipInfo`."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


# Layouts


def test_folders_and_zips(read):
    """A folder or a zip for each student; its name is the student's key."""
    found = read({f"ada/{DOUBLE}": "A", "bob.zip": zipped({DOUBLE: "B"}), ".DS_Store": "", "__MACOSX/x": ""})

    assert read.layout == "folders"
    assert {name: one.files for name, one in found.items()} == {"ada": {DOUBLE: b"A"}, "bob": {DOUBLE: b"B"}}
    assert [one.hand_in.source for one in found.values()] == ["ada", "bob.zip"]


@pytest.mark.parametrize(
    "place",
    [
        f"exercises/{DOUBLE}",
        DOUBLE,
        "ex2_double.py",
        f"my-repo/exercises/{DOUBLE}",
        "homework/lesson_1_1_an_older_title/ex2_double.py",
    ],
)
def test_places_of_a_file(read, place):
    """A file is found below `exercises`, in a folder of its lesson, or by its name alone; in folders and in zips."""
    found = read({f"ada/{place}": "A", "bob.zip": zipped({place: "A"}), "carl/work.zip": zipped({place: "A"})})

    assert [one.files for one in found.values()] == [{DOUBLE: b"A"}] * 3
    assert len({one.hand_in.digest for one in found.values()}) == 1


def test_canvas(read):
    """Canvas's files are put together by the student's number; LATE and the numbers behind names are Canvas's own."""
    found = read(
        {
            "lovelaceada_12345_67890_ex2_double.py": "A",
            "lovelaceada_12345_67891_quiz-1.py": "Q",
            "hopper_LATE_777_67892_work.zip": zipped({MEAN: "M"}),
        },
    )

    assert read.layout == "canvas"
    assert {name: one.files for name, one in found.items()} == {
        "12345": {DOUBLE: b"A", QUIZ: b"Q"},
        "777": {MEAN: b"M"},
    }


def test_moodle(read):
    """Moodle's folders and files are told by the participant's number."""
    found = read(
        {
            f"Ada Lovelace_12345_assignsubmission_file/{DOUBLE}": "A",
            "Grace Hopper_777_assignsubmission_file_/work.zip": zipped({MEAN: "M"}),
            "Grace Hopper_777_assignsubmission_onlinetext/text.html": "hello",
            "Alan T._9_assignsubmission_file_ex1_mean.py": "T",
        }
    )

    assert read.layout == "moodle"
    assert {name: set(one.files) for name, one in found.items()} == {"12345": {DOUBLE}, "777": {MEAN}, "9": {MEAN}}


METADATA = """---
submission_11:
  :submitters:
  - :name: Ada O'Lovelace
    :sid: '12345'
    :email: ada@example.edu
  - :name: 'Bob ''B'''
    :sid:
    :email: "bob@example.edu"
  :created_at: 2026-10-03 21:02:01.123456000 Z
  :score: 3.0
  :results:
    :tests:
    - :name: not a submitter
      :sid: '666'
  :history:
  - :id: 10
    :created_at: 2020-01-01 00:00:00.000000000 Z
submission_12:
  :submitters:
  - :name: Carl
    :sid:
    :email: carl@example.edu
  :created_at: 2026-10-04T09:00:00.000+02:00
"""


def test_gradescope(read):
    """Gradescope's file tells who handed in what and when; every member of a group gets the grade."""
    found = read(
        {"submission_metadata.yml": METADATA, "submission_11/ex2_double.py": "A", "submission_12/ex1_mean.py": "M"}
    )

    assert read.layout == "gradescope"
    assert {name: one.files for name, one in found.items()} == {
        "12345": {DOUBLE: b"A"},
        "bob@example.edu": {DOUBLE: b"A"},
        "carl@example.edu": {MEAN: b"M"},
    }
    assert found["12345"].hand_in.submitted == "2026-10-03T21:02:01+00:00"
    assert found["carl@example.edu"].hand_in.submitted == "2026-10-04T09:00:00+02:00"


def test_gradescope_without_submissions(tmp_path):
    """A file that names no submission is told."""
    (tmp_path / "submission_metadata.yml").write_text("---\n", encoding="utf-8")

    with pytest.raises(UsageError, match="names no submission"):
        list(submissions(tmp_path / "submission_metadata.yml"))


@pytest.mark.parametrize("root", ["hw1-submissions", "downloads"])
def test_github(read, root):
    """Checkouts are told by their `.git`; the assignment's name is taken off the login."""
    found = read(
        {
            f"hw1-ada/exercises/{DOUBLE}": "A",
            "hw1-ada/.git/HEAD": "",
            f"hw1-ada/tests/{DOUBLE}": "no hand-in",
            f"hw1-grace-h/exercises/{DOUBLE}": "G",
            "hw1-grace-h/.git/HEAD": "",
        },
        root=root,
    )

    assert read.layout == "github"
    assert {name: one.files for name, one in found.items()} == {"ada": {DOUBLE: b"A"}, "grace-h": {DOUBLE: b"G"}}


def test_a_forced_layout(read):
    """`--layout` decides; a name that does not follow it is a sentence and nobody's grade."""
    found = read({"ada/ex2_double.py": "A", "x_1_2_ex2_double.py": "X"}, "canvas")

    assert found["1"].files == {DOUBLE: b"X"}
    assert "does not follow the layout" in found["ada"].hand_in.problem
    assert found["ada"].hand_in.digest == ""


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({f"exercises/{DOUBLE}": ""}, "one hand-in, not a folder"),
        ({DOUBLE: ""}, "one hand-in, not a folder"),
        ({".hidden": ""}, "no hand-ins"),
    ],
)
def test_nothing_to_grade(read, files, says):
    """A folder that is itself a hand-in, or that is empty, is told before anything is graded."""
    with pytest.raises(UsageError, match=says):
        read(files)


def test_a_download_that_is_still_packed(tmp_path):
    """A file in the place of a folder is told, and so is a folder that is not there."""
    (tmp_path / "all.zip").write_bytes(zipped({}))
    for name, says in (("all.zip", "Unpack"), ("nowhere", "cannot be read")):
        with pytest.raises(UsageError, match=says):
            find(tmp_path / name)


# One hand-in


def test_names_that_several_lessons_have(copied_course):
    """A name alone resolves when it occurs once in the course, or once in the lessons that count."""
    (copied_course.tests_root / "lesson_1_3_more").mkdir()
    (copied_course.tests_root / "lesson_1_3_more" / "test_quiz.py").write_text("", encoding="utf-8")
    fresh = type(copied_course)(copied_course.root)

    assert Reader(fresh)._exercise("quiz.py") is None
    assert Reader(fresh, fresh.select(["1.3"]))._exercise("quiz.py").id == "1.3.1"


def test_missing_files(read):
    """Of a lesson that was begun, the missing files are told; the rest is graded."""
    found = read({"ada/ex1_mean.py": "A"})["ada"]

    assert found.hand_in.problem == f"`{DESCEND}` is missing."
    assert found.files == {MEAN: b"A"}


def test_nothing_found(read):
    """A hand-in without an exercise has no digest, and a sentence that says what it holds instead."""
    nested = zipped({"all.zip": zipped({DOUBLE: "A"})})
    found = read({"ada/essay.docx": "A", "bob/a.txt": "", "bob/b.txt": "", "bob/c.txt": "", "eve.zip": nested})

    assert {one.hand_in.digest for one in found.values()} == {""}
    assert {name: one.hand_in.problem for name, one in found.items()} == {
        "ada": "No file of an exercise was found. It holds `essay.docx`.",
        "bob": "No file of an exercise was found. It holds `a.txt` and 2 other files.",
        "eve": "No file of an exercise was found. It holds `all.zip`.",
    }


@pytest.mark.parametrize(
    "name",
    ["ex1_mean (1).py", "ex1_mean-1.py", "ex1_mean - Copy.py", "ex1_mean copy 2.py", "Ex1_Mean.py", "ex1_mean(2).PY"],
)
def test_a_name_that_was_changed_on_the_way(read, name):
    """What a browser or a file manager made of a file's name is no reason to give nothing for it; a sentence says so."""
    found = read({f"ada/{name}": "A", "ada/ex2_descend.py": "D"})["ada"]

    assert found.files == {MEAN: b"A", DESCEND: b"D"}
    assert found.hand_in.problem == f"`{name}` was taken for `ex1_mean.py`."


def test_the_very_name_is_better(read):
    """A copy counts only where the file itself is missing, wherever the two lie."""
    found = read(
        {"ada/exercises/lesson_1_2_mean/ex1_mean (1).py": "copy", "ada/ex1_mean.py": "A", f"ada/{DESCEND}": ""}
    )

    assert found["ada"].files[MEAN] == b"A"
    assert found["ada"].hand_in.problem == ""


@pytest.mark.parametrize(
    "name", ["ex1_mean_old.py", "ex1_meaning.py", "my ex1_mean.py", "ex1_mean.txt", "ex1_mean.py.bak"]
)
def test_another_name_is_another_file(read, name):
    """Nothing is guessed beyond that."""
    assert read({f"ada/{name}": "A"})["ada"].files == {}


def test_the_better_place_counts(read):
    """A copy elsewhere does not count beside `exercises`; references, tests and hidden folders never do."""
    found = read(
        {
            f"ada/exercises/{DOUBLE}": "mine",
            f"ada/old/{DOUBLE}": "old",
            "ada/ex2_double.py": "draft",
            f"ada/reference/{DOUBLE}": "reference",
            f"ada/.venv/site-packages/{DOUBLE}": "library",
        }
    )["ada"]

    assert found.files[DOUBLE] == b"mine"


def test_duplicates_are_told(read):
    """Two different files in equally good places: the first by name is graded, and a sentence says so."""
    found = read({"ada/a/ex2_double.py": "1", "ada/b/ex2_double.py": "2", "ada/quiz.py": ""})["ada"]

    assert found.files[DOUBLE] == b"1"
    assert found.hand_in.problem == "`ex2_double.py` is there twice; `a/ex2_double.py` was graded."


def test_a_folder_and_a_zip_of_one_student(read):
    """The folder is graded, and the zip beside it is told."""
    found = read({f"ada/{DOUBLE}": "1", f"ada/{QUIZ}": "", "ada.zip": zipped({DOUBLE: "2"})})

    assert found["ada"].files[DOUBLE] == b"1"
    assert found["ada"].hand_in.problem == "`ada.zip` lies beside `ada` and was not graded."


def test_the_digest_is_of_the_contents(read):
    """The digest changes with a content or a name, and with nothing else."""
    found = read(
        {
            "a/quiz.py": "x",
            "b/quiz.py": "x",
            "b/notes.txt": "different",
            "c/quiz.py": "y",
            "d/ex2_double.py": "x",
        }
    )
    digests = {name: one.hand_in.digest for name, one in found.items()}

    assert digests["a"] == digests["b"]
    assert len({digests[name] for name in "acd"}) == 3


def test_every_encoding_is_taken(read):
    """Bytes are taken as they are: what is no program is told by the grading."""
    content = "π = 3".encode("utf-16")

    assert read({"ada/quiz.py": content})["ada"].files[QUIZ] == content


def test_a_large_file_is_cut(read):
    """A large file is read a byte beyond what grading accepts, and no further."""
    assert reading._MOST_BYTES == LARGEST_FILE + 1
    assert len(read({"ada/quiz.py": b"#" * (3 * LARGEST_FILE)})["ada"].files[QUIZ]) == LARGEST_FILE + 1


# Hostile hand-ins


def link(name, target):
    """Return a zip's entry that is a symbolic link."""
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return {entry: target}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({f"../{DOUBLE}": "x"}, "outside of the zip"),
        ({f"a/../../{DOUBLE}": "x"}, "outside of the zip"),
        ({f"/{DOUBLE}": "x"}, "outside of the zip"),
        ({f"C:/{DOUBLE}": "x"}, "outside of the zip"),
        ({"..\\..\\ex2_double.py": "x"}, "outside of the zip"),
        (link(DOUBLE, "/etc/passwd"), "a link or a device"),
    ],
)
def test_zips_that_reach_out(read, files, says):
    """An entry that names a place outside, or is a link, is not read; the ordinary ones beside it are."""
    found = read({"ada.zip": zipped({**files, QUIZ: "q"})})["ada"]

    assert found.files == {QUIZ: b"q"}
    assert says in found.hand_in.problem


def test_a_zip_bomb(read):
    """An entry that expands a thousandfold costs no more than the largest file that is read."""
    bomb = zipped({DOUBLE: bytes(1 << 26), "big.bin": bytes(1 << 26), QUIZ: "q"})
    tracemalloc.start()
    try:
        found = read({"ada.zip": bomb})["ada"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert len(found.files[DOUBLE]) == LARGEST_FILE + 1
    assert peak < 16 << 20


def test_a_zip_with_very_many_files(read):
    """A table of contents of several megabytes is refused before it is read."""
    found = read({"ada.zip": zipped({f"{'x' * 150}{number}": "" for number in range(21_000)})})["ada"]

    assert found.hand_in.problem == "`ada.zip` cannot be read: it holds far more files than a hand-in needs."


def test_a_zip_full_of_one_exercise(read):
    """Thousands of copies of one exercise are not all read."""
    found = read({"ada.zip": zipped({f"{number}/ex2_double.py": "x" for number in range(5000)})})["ada"]

    assert found.files[DOUBLE] == b"x"
    assert "more than 300 files of exercises" in found.hand_in.problem


def test_absurd_numbers_of_lessons(read):
    """A lesson with a number of thousands of digits is no lesson, and the next file is read."""
    found = read({"ada.zip": zipped({f"lesson_{'9' * 9000}_1/ex1_mean.py": "x", QUIZ: "q"})})["ada"]

    assert found.files[QUIZ] == b"q"


def damaged_content():
    """Return a zip in which the content of a file was changed."""
    data = bytearray(zipped({DOUBLE: "x" * 100}, zipfile.ZIP_STORED))
    data[data.index(b"xxxx")] = ord("y")
    return bytes(data)


def with_a_password():
    """Return a zip whose entry says that it is encrypted."""
    data = bytearray(zipped({DOUBLE: "x"}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "damaged or no zip"),
        (b"Rar!\x1a\x07\x00 and more", "damaged or no zip"),
        (zipped({DOUBLE: "x" * 1000})[:-30], "damaged or no zip"),
        (damaged_content(), "damaged or no zip"),
        (with_a_password(), "protected by a password"),
        (zipped({DOUBLE: "x"}, zipfile.ZIP_LZMA), "compressed in an unusual way"),
        (zipped({DOUBLE: "x"}, zipfile.ZIP_BZIP2), "compressed in an unusual way"),
    ],
)
def test_zips_that_cannot_be_read(read, data, says):
    """A zip that cannot be read is one sentence, and the next student's is read."""
    found = read({"ada.zip": data, "bob.zip": zipped({DOUBLE: "B"})})

    assert found["ada"].hand_in.digest == ""
    assert says in found["ada"].hand_in.problem
    assert found["bob"].files == {DOUBLE: b"B"}


def test_damage_everywhere(read, course, tmp_path):
    """Whichever byte of a zip is wrong, reading ends with files or a sentence."""
    whole = zipped({f"exercises/{DOUBLE}": "x = 1\n" * 9, QUIZ: "q"})
    reader = Reader(course)
    for place in range(0, len(whole), 7):
        (tmp_path / "ada.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        [parcel] = find(tmp_path)[1]
        found = reader.read(parcel)

        assert found.files or found.hand_in.problem


def test_links_are_not_followed(read, tmp_path):
    """A link is not followed, be it a file, a folder, a zip or the whole hand-in."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "ex2_double.py").write_text("secret", encoding="utf-8")
    (tmp_path / "secret.zip").write_bytes(zipped({DOUBLE: "secret"}))
    root = tmp_path / "hand_ins"
    for name in ("file", "folder", "zip"):
        (root / name).mkdir(parents=True)
    (root / "file" / "ex2_double.py").symlink_to(tmp_path / "secret" / "ex2_double.py")
    (root / "folder" / "exercises").symlink_to(tmp_path / "secret")
    (root / "zip" / "work.zip").symlink_to(tmp_path / "secret.zip")
    (root / "whole").symlink_to(tmp_path / "secret")
    found = read({})

    assert [one.files for one in found.values()] == [{}] * 4
    assert [one.hand_in.problem for one in found.values()] == [
        "`ex2_double.py` is a link and was not followed.",
        "No file of an exercise was found. It holds `exercises`.",
        "`whole` is neither a file of an exercise nor a zip.",
        "`work.zip` is a link and was not followed.",
    ]


@pytest.mark.parametrize("name", ["ex2_double.py", "work.zip"])
def test_a_pipe_does_not_wait(read, tmp_path, name):
    """A named pipe in the place of a file is a sentence; nobody waits for it."""
    (tmp_path / "hand_ins" / "ada").mkdir(parents=True)
    os.mkfifo(tmp_path / "hand_ins" / "ada" / name)

    assert read({})["ada"].hand_in.problem == f"`{name}` is no ordinary file and was not read."


def test_names_that_no_database_takes(read, tmp_path):
    """A student's key that is no Unicode becomes one that can be stored."""
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/hand_ins/a\xffb"))
    root.mkdir(parents=True)
    (root / "quiz.py").write_text("q", encoding="utf-8")

    assert list(read({})) == ["a\\udcffb"]


# Rosters


@pytest.mark.parametrize(
    ("layout", "text", "expected"),
    [
        (
            "canvas",
            'Student,ID,SIS Login ID,Section\n    Points Possible,,,\n"Lovelace, Ada",7,ada,S1\n',
            Student(
                student="7",
                name="Lovelace, Ada",
                ids={"canvas_id": "7", "sis_login_id": "ada", "section": "S1"},
            ),
        ),
        (
            "moodle",
            "\ufeffIdentifier,Full name,ID number,Email address\nParticipant 12,Ada,s7,a@example.edu\n",
            Student(student="12", name="Ada", email="a@example.edu", ids={"participant": "12", "moodle_id": "s7"}),
        ),
        (
            "gradescope",
            "First Name,Last Name,SID,Email\nAda,Lovelace,s1,a@example.edu\n",
            Student(student="s1", name="Ada Lovelace", email="a@example.edu", ids={"sid": "s1"}),
        ),
        (
            "github",
            "name;github_username\nAda;ada\n",
            Student(student="ada", name="Ada", ids={"github": "ada"}),
        ),
        ("folders", "student,name\nada,Ada\n,nobody\n", Student(student="ada", name="Ada")),
    ],
)
def test_rosters(tmp_path, layout, text, expected):
    """The exports of learning platforms are read as they are; rows without a key are no students."""
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")

    assert read_roster(path, layout) == [expected]


def test_rosters_that_cannot_be_used(tmp_path):
    """A roster without keys, without text or without a file is told."""
    path = tmp_path / "roster.csv"
    for content, says in ((b"name\nAda\n", "no column"), (b"\xff\xfe\x00", "no CSV in UTF-8"), (b"", "no column")):
        path.write_bytes(content)
        with pytest.raises(UsageError, match=says):
            read_roster(path, "folders")
    with pytest.raises(UsageError, match="cannot be read"):
        read_roster(tmp_path / "none.csv", "folders")
