"""The journal: every grade of a class, on disk as soon as it is known."""

from grader.journal.journal import Journal, open_journal
from grader.journal.records import Grade, HandIn, Student
from grader.journal.store import JournalError

__all__ = ["Grade", "HandIn", "Journal", "JournalError", "Student", "open_journal"]
