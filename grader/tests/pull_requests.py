"""Pull requests for the tests: a git repository with the tiny course, branches made from texts and from raw objects."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

MEAN = "lesson_1_2_mean/ex1_mean.py"
DESCEND = "lesson_1_2_mean/ex2_descend.py"
DOUBLE = "lesson_1_1_double/ex2_double.py"
_IDENTITY = {
    f"GIT_{role}_{what}": f"{role}@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}
_ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@dataclass(frozen=True)
class Repository:
    """A repository whose branch `main` holds a course."""

    root: Path

    def git(self, *words, given=b""):
        done = subprocess.run(
            ["git", *map(str, words)],
            cwd=self.root,
            input=given,
            capture_output=True,
            check=False,
            env=os.environ | _IDENTITY | _ALONE,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def begin(self, branch="main"):
        """Commit what lies there as the first commit."""
        self.git("init", "--quiet", f"--initial-branch={branch}", ".")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=course")

    def blob(self, data):
        return self.git("hash-object", "-w", "--stdin", given=data if isinstance(data, bytes) else data.encode())

    def branch(self, entries, *, start="main"):
        """Return a commit on top of `start` with other entries: `{path: text, (mode, text or object), or None}`.

        It is made in the index alone, so it can hold what a file system or a careful git would not take.
        """
        index = {"GIT_INDEX_FILE": str(self.root / ".git" / "branch-index")}
        os.environ.update(index)
        try:
            self.git("read-tree", start)
            for path, entry in entries.items():
                if entry is None:
                    self.git("update-index", "--force-remove", "--", path)
                    continue
                mode, content = entry if isinstance(entry, tuple) else ("100644", entry)
                name = content if mode == "160000" else self.blob(content)
                self.git("update-index", "--add", "--cacheinfo", f"{mode},{name},{path}")
            tree = self.git("write-tree")
        finally:
            del os.environ["GIT_INDEX_FILE"]
        return self.git("commit-tree", tree, "-p", start, "-m", "work")


def obeyed(printed):
    """Return the commands that GitHub's runner would carry out: lines with `::` at their start, `##[` anywhere."""
    found, silent = [], None
    for line in printed.splitlines():
        if silent:
            silent = None if line.strip() == f"::{silent}::" else silent
        elif stop := re.fullmatch(r"\s*::stop-commands::(\w+)\s*", line):
            silent = stop[1]
        elif line.lstrip().startswith("::") or "##[" in line:
            found.append(line.strip())
    assert silent is None, "the commands were never allowed again"
    return found
