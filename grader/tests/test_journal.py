"""The journal: the same promises in SQLite and in PostgreSQL, and what goes wrong with files and servers."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from grader.cli import run as grade_command
from grader.journal import Grade, HandIn, JournalError, Student, open_journal
from grader.journal.sqlite import SqliteStore
from grader.tests import sample_results

RESULTS = sample_results.full()
DEBIAN = Path("/usr/lib/postgresql")


def grade(student="ada", *, results=RESULTS, **more):
    """Return a grade of the lesson 2.3."""
    told = {"digest": "d", "lesson": "2.3", "seed": 0, "grader": "g", "graded": "2026-11-20T10:00:00+00:00"}
    return Grade(student=student, results=results, duration_s=0.5, **{**told, **more})


def key(one):
    return one.student, one.digest, one.lesson, one.seed, one.grader


@pytest.fixture(scope="session")
def server():
    """Return the URL of a PostgreSQL server of the tests' own, in a folder that vanishes."""
    programs = next((path.parent for path in sorted(DEBIAN.glob("*/bin/initdb"))), None)
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: `apt-get install postgresql`)")
    pytest.importorskip("psycopg")
    user = "postgres" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="grade-postgres-"))
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"user": user, "cwd": "/", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    data = folder / "data"
    subprocess.run([programs / "initdb", "-D", data, "-U", "grader", "--no-sync", "-A", "trust"], check=True, **options)
    started = subprocess.Popen(
        [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", folder, "-F"], **options
    )
    url = f"postgresql://grader:secret@127.0.0.1:{port}/postgres"
    try:
        _wait_for(url)
        yield url
    finally:
        started.send_signal(signal.SIGQUIT)
        started.wait()
        shutil.rmtree(folder)


def _wait_for(url):
    limit = time.monotonic() + 30
    while True:
        try:
            return open_journal(url).close()
        except JournalError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.05)


@pytest.fixture(params=["sqlite", "postgres"])
def where(request, tmp_path):
    """Return the place of an empty journal."""
    if request.param == "sqlite":
        return str(tmp_path / "grades.sqlite")
    url = request.getfixturevalue("server")
    with open_journal(url) as journal:
        for table in ("hand_in", "student", "grade"):
            journal._store.execute(f"DELETE FROM {table}")
        journal._store.execute("DELETE FROM note WHERE name <> 'version'")
    return url


@pytest.fixture
def journal(where):
    """Return an empty journal."""
    with open_journal(where, new=True) as opened:
        yield opened


def test_a_grade_comes_back_as_it_was(journal):
    """What was recorded is read again with every field, points included."""
    first = grade(suspicious="a reason", tries=2)

    journal.record(first)

    [back] = journal.grades()
    assert msgspec.structs.replace(first, results=None) == msgspec.structs.replace(back, results=None)
    assert first.results.score == back.results.score
    assert isinstance(back.earned, Fraction)


def test_recording_twice_keeps_one(journal):
    """A grade with the same key is kept once, and the first one stays."""
    journal.record(grade(graded="first"))
    journal.record(grade(graded="second"), grade(graded="third"))

    assert [one.graded for one in journal.grades()] == ["first"]


def test_every_part_of_the_key_counts(journal):
    """Another student, hand-in, lesson, seed or grader is another grade."""
    others = [{"digest": "e"}, {"lesson": "2.4"}, {"seed": 1}, {"grader": "h"}]
    journal.record(grade(), grade("bob"), *(grade(**other) for other in others))

    assert len({key(one) for one in journal.grades()}) == 6


def test_a_failure_gives_way(journal):
    """A failure does not count as a grade, and is replaced by the first real one, but never replaces one."""
    journal.record(grade(results=None, failure="killed"))
    assert not journal.has(*key(grade()))

    journal.record(grade())
    journal.record(grade(results=None, failure="killed"))

    assert journal.has(*key(grade()))
    assert [one.failure for one in journal.grades()] == [""]


def test_replacing_is_asked_for(journal):
    """`replace` puts a new grade in the place of the old one."""
    journal.record(grade(graded="first"))
    journal.record(grade(graded="second"), replace=True)

    assert journal.grade(*key(grade())).graded == "second"


def test_more_than_a_page(journal):
    """Streaming yields every grade once and in order, also beyond one page."""
    names = [f"student {number:04}" for number in range(1203)]
    journal.record(*(grade(name, results=None, failure="x") for name in reversed(names)))

    assert names == [one.student for one in journal.grades()]


def test_writing_while_streaming(journal):
    """Who reads the grades page by page may write in between."""
    journal.record(*(grade(f"{number:04}", results=None, failure="x") for number in range(700)))

    for number, one in enumerate(journal.grades()):
        if number % 100 == 99:
            journal.note("seen", one.student)

    assert journal.noted("seen") == "0699"


def test_a_changed_hand_in_is_another_attempt(journal):
    """A hand-in with another content counts as the next attempt; the same again does not."""
    for digest in ("one", "two", "one", "two"):
        journal.hand_in(HandIn(student="ada", source="ada/", digest=digest))

    assert {one.digest: one.attempt for one in journal.hand_ins()} == {"one": 1, "two": 2}


def test_unreadable_hand_ins_give_way(journal):
    """What could not be read is forgotten when something of the student can be read; else its sentence is kept."""
    journal.hand_in(HandIn(student="ada", source="ada.zip", digest="", problem="It is damaged."))
    assert [one.problem for one in journal.hand_ins()] == ["It is damaged."]

    journal.hand_in(HandIn(student="ada", source="ada.zip", digest="one"))

    assert [(one.digest, one.attempt) for one in journal.hand_ins()] == [("one", 1)]


def test_the_roster_is_updated(journal):
    """A second roster changes the students it names and keeps the others."""
    ada, bob = Student(student="ada", name="Ada", ids={"canvas_id": "7"}), Student(student="bob")
    journal.roster([ada, bob])
    journal.roster([Student(student="bob", email="bob@example.edu")])

    assert [ada, Student(student="bob", email="bob@example.edu")] == list(journal.students())


def test_odd_text_is_kept(journal):
    """Names from everywhere come back unchanged; nothing in a name is taken for SQL."""
    name = "Ünï'; DROP TABLE grade; -- ? %s 学生 😀"
    journal.hand_in(HandIn(student=name, source=name, digest="d", problem=name))
    journal.record(grade(name))

    assert [name] == [one.problem for one in journal.hand_ins()]
    assert journal.has(*key(grade(name)))


def test_notes(journal):
    """A note is kept until it is written anew; one that is made once stays."""
    assert journal.noted("seed") is None
    journal.note("seed", "1")
    journal.note("seed", "2")

    journal.note("seed", "3", once=True)

    assert journal.noted("seed") == "2"


def test_readers_change_nothing(where):
    """Who opens a journal to read gets an error in one sentence on writing."""
    open_journal(where, new=True).close()
    with open_journal(where, read_only=True) as reader, pytest.raises(JournalError, match=r"read-only"):
        reader.note("seed", "1")


def test_two_writers(where):
    """Two open journals write to the same place, and each sees what the other has written."""
    with open_journal(where, new=True) as one, open_journal(where) as other:
        one.record(grade("ada"))
        other.record(grade("bob"))

        assert [entry.student for entry in one.grades()] == ["ada", "bob"]


def test_a_failed_group_is_not_kept_in_part(journal):
    """Grades that are recorded together are kept together or not at all."""
    with pytest.raises(Exception, match=r"."):
        journal.record(grade("ada"), grade("bob", tries=object()))

    assert list(journal.grades()) == []


def test_adding_another_journal(journal, tmp_path):
    """Attempts keep their order, grades their fields, failures give way, in whichever database the other one is."""
    with open_journal(tmp_path / "other.sqlite", new=True) as other:
        other.roster([Student(student="ada")])
        other.hand_in(*(HandIn(student="ada", source="a", digest=digest) for digest in ("z", "a")))
        other.record(grade(suspicious="x"), grade("bob", results=None, failure="died"))
        journal.record(grade("bob"))
        for _ in range(2):
            journal.add(other)

    assert journal.counts() == (2, 2)
    assert {one.digest: one.attempt for one in journal.hand_ins()} == {"z": 1, "a": 2}
    assert [(one.student, one.suspicious, one.failure) for one in journal.grades()] == [
        ("ada", "x", ""),
        ("bob", "", ""),
    ]
    assert [one.student for one in journal.students()] == ["ada"]
    assert journal.suspicion(*key(grade())) == "x"
    assert journal.suspicion(*key(grade(seed=7))) is None


# Files


def test_a_missing_journal_is_not_made(tmp_path):
    """A mistyped name is told; no empty journal comes into being."""
    with pytest.raises(JournalError, match=r"There is no journal .*grade class"):
        open_journal(tmp_path / "grades.sqlite")

    assert list(tmp_path.iterdir()) == []


def test_a_journal_without_tables(tmp_path):
    """A file whose writer was killed at once holds no grades; the next writer makes a journal of it."""
    path = tmp_path / "grades.sqlite"
    path.touch()
    with pytest.raises(JournalError, match=r"holds no grades yet\. `grade class` writes them\."):
        open_journal(path, read_only=True)
    open_journal(path, new=True).close()

    with open_journal(path, read_only=True) as journal:
        assert list(journal.grades()) == []


def test_a_foreign_file(tmp_path):
    """Another program's database is refused and stays as it is."""
    path = tmp_path / "other.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE note (name TEXT)")
    before = path.read_bytes()

    with pytest.raises(JournalError, match=r"belongs to another program"):
        open_journal(path, new=True)

    assert before == path.read_bytes()


def test_no_database_at_all(tmp_path):
    """A text file, a folder and a folder that is not there are told apart from journals."""
    (tmp_path / "notes.txt").write_text("these are my notes, and they are no database\n" * 50, encoding="utf-8")
    for name, says in (("notes.txt", "is not a journal"), ("", "cannot be opened"), ("no/such", "cannot be opened")):
        with pytest.raises(JournalError, match=says):
            open_journal(tmp_path / name, new=True)


def test_a_newer_journal(tmp_path):
    """A journal of a later grader is refused."""
    path = tmp_path / "grades.sqlite"
    open_journal(path, new=True).close()
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")

    with pytest.raises(JournalError, match=r"newer grader"):
        open_journal(path)


def test_a_damaged_journal(tmp_path):
    """Overwritten pages are one sentence with the next step."""
    path = tmp_path / "grades.sqlite"
    with open_journal(path, new=True) as journal:
        journal.record(*(grade(f"{number}") for number in range(40)))
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)

    with pytest.raises(JournalError, match=r"damaged. Restore it"), open_journal(path) as journal:
        list(journal.grades())


def test_a_full_disk(tmp_path):
    """A full disk is one sentence; what was recorded before is kept."""
    path = tmp_path / "grades.sqlite"
    with open_journal(path, new=True) as journal:
        journal.record(grade("ada"))
        [(pages,)] = journal._store.execute("PRAGMA page_count")
        journal._store.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(JournalError, match=r"is full. Make room"):
            journal.record(*(grade(f"{number}") for number in range(200)))

        assert [one.student for one in journal.grades()] == ["ada"]


def test_acknowledged_means_on_disk(tmp_path):
    """The file is written ahead, and every commit waits for the disk."""
    store = SqliteStore(tmp_path / "grades.sqlite", new=True, read_only=False)

    assert store.execute("PRAGMA journal_mode") == [("wal",)]
    assert store.execute("PRAGMA synchronous") == [(2,)]
    store.close()


_WRITER = """
import sys

from grader.tests.test_journal import grade
from grader.journal import open_journal
with open_journal(sys.argv[1], new=True) as journal:
    for number in range(100_000):
        journal.record(grade(f"{number:06}"))
        print(number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 20, 61])
def test_killed_while_writing(tmp_path, after):
    """After `kill -9` the journal holds every grade that was acknowledged, and nothing half."""
    path = tmp_path / "grades.sqlite"
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, path], stdout=subprocess.PIPE, text=True)
    acknowledged = [writer.stdout.readline() for _ in range(after)]
    writer.kill()
    acknowledged += writer.stdout.readlines()
    writer.wait()
    writer.stdout.close()

    with open_journal(path) as journal:
        found = [one.student for one in journal.grades()]
        assert journal._store.execute("PRAGMA integrity_check") == [("ok",)]
    assert [f"{number:06}" for number in range(len(found))] == found
    assert len(found) >= len(acknowledged) - 1  # the last line may be cut off


# Servers


def test_a_server_that_is_not_there():
    """A server that does not answer is told without the password."""
    pytest.importorskip("psycopg")
    with pytest.raises(JournalError, match=r"127.0.0.1/class. cannot be used") as told:
        open_journal("postgresql://ada:secret@127.0.0.1:1/class?connect_timeout=2")

    assert "secret" not in str(told.value)


def test_an_empty_database_is_no_journal(server):
    """Who reads from a database without the tables is told so."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS elsewhere")
    with pytest.raises(JournalError, match=r"There is no journal"):
        open_journal(f"{server}?options=-csearch_path%3Delsewhere", read_only=True)


def test_going_on_can_be_refused(where, course, tmp_path, monkeypatch, capsys):
    """`grade class --no-resume` takes an empty database, and refuses one that holds a class."""
    (tmp_path / "hand_ins" / "ada").mkdir(parents=True)
    (tmp_path / "hand_ins" / "ada" / "essay.txt").write_text("no exercise", encoding="utf-8")
    monkeypatch.chdir(course.root)
    words = ["class", str(tmp_path / "hand_ins"), "--journal", where, "--no-resume"]

    assert grade_command(words) == 0
    assert grade_command(words) == 2
    said = capsys.readouterr().err
    assert "leave `--no-resume` out" in said
    assert "secret" not in said
