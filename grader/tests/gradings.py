"""Grades hand-ins in a process of their own and tells what became of them, for the tests of the jail.

A hand-in is a folder of `submissions/` with an `expected.toml`; its programs name places outside of the jail by
`@COURSE@`, `@CANARY@` and `@HANDIN@`. The gradings run in a fresh interpreter (`python gradings.py`), because a process
forks safely only before torch has used several threads, and because the user and the layers of the jail are chosen there.
"""

import contextlib
import ctypes
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.results import CheckResult, ExerciseResult, Results, from_json

HERE = Path(__file__).parent
PROGRAMS = HERE / "submissions"
COURSE = HERE / "course"
SEED = 271_828_182
"""Differs from every default, so that a program which prints it has seen it."""
_PLACES = ("exercises", "reference", "tests")
_LIMIT_S = 300


@dataclass(frozen=True)
class Program:
    """One folder of `submissions/`: programs as data, and what is expected of them."""

    folder: Path
    about: str
    exercise: str
    verdicts: tuple[str, ...]
    points: int
    timeout: float | None = None
    links: dict[str, str] = field(default_factory=dict)
    untouched: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    memory_mb: int = 1000
    """What the grader itself may use at most, far above what it needs."""
    longest: float = 0.0
    """Seconds that the grading may take at most; 0: the usual."""
    finding: str = ""
    """Why the attack still succeeds; empty when it fails as it must."""

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def targets(self) -> tuple[str, ...]:
        """What to grade: the exercise under attack, or every exercise that an honest program brings."""
        files = [path.relative_to(self.folder).as_posix() for path in sorted(self.folder.glob("lesson_*/*.py"))]
        return (
            (self.exercise,) if self.exercise else tuple(one for one in files if (COURSE / "reference" / one).is_file())
        )


def programs(kind: str) -> list[Program]:
    """Return the programs of `submissions/<kind>`, by name."""
    found = []
    for path in sorted((PROGRAMS / kind).glob("*/expected.toml")):
        told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        lists = {key: tuple(told.pop(key, ())) for key in ("verdicts", "untouched", "absent")}
        found.append(Program(path.parent, **{"exercise": "", "points": 0, **told, **lists}))
    return found


@dataclass
class Outcome:
    """What became of one grading."""

    results: Results | None
    error: str
    """Why there are no results."""
    seconds: float
    memory: int
    """The most memory that the grader itself (not its workers) had in use, in bytes."""

    def exercise(self, number: str) -> ExerciseResult:
        """Return one exercise's result; fails with the grader's own words when there is none."""
        assert self.results is not None, self.error
        return next(one for lesson in self.results.lessons for one in lesson.exercises if one.id == number)

    @property
    def checks(self) -> list[CheckResult]:
        """All checks of all exercises."""
        assert self.results is not None, self.error
        return [check for lesson in self.results.lessons for one in lesson.exercises for check in one.checks]

    @property
    def printed(self) -> str:
        """All that the programs printed, as far as it is kept."""
        return "".join(check.output for check in self.checks)


@dataclass
class World:
    """A course with secrets in it, hand-ins, and a canary for each of them, in a folder of its own."""

    root: Path
    token: str = field(default_factory=lambda: f"canary-{secrets.token_hex(8)}")
    """A secret that stands in the references, the checks, a neighbour's hand-in, a file and the environment."""
    before: dict[str, dict[str, tuple[Any, ...]]] = field(default_factory=dict)

    @property
    def course(self) -> Path:
        return self.root / "course"

    def build(self, chosen: Sequence[Program]) -> None:
        """Lay everything out; the folders are readable for every user, only the jail protects them."""
        for place in _PLACES:
            shutil.copytree(COURSE / place, self.course / place, ignore=shutil.ignore_patterns("__pycache__"))
        for place in ("reference", "tests"):
            for path in (self.course / place).rglob("*.py"):
                path.write_text(f"{path.read_text(encoding='utf-8')}\n# {self.token}\n", encoding="utf-8")
        neighbour = self.root / "handins" / "neighbour"
        for lesson in (COURSE / "reference").glob("lesson_*"):
            shutil.copytree(
                lesson, neighbour / lesson.name, ignore=shutil.ignore_patterns("__pycache__", "mistakes.py")
            )
            for path in (neighbour / lesson.name).glob("*.py"):
                path.write_text(f"{path.read_text(encoding='utf-8')}\nprint('{self.token}')\n", encoding="utf-8")
        self.honest.mkdir(parents=True)
        for lesson in (COURSE / "reference").glob("lesson_*"):
            shutil.copytree(
                lesson, self.honest / lesson.name, ignore=shutil.ignore_patterns("__pycache__", "mistakes.py")
            )
        (self.root / "tmp").mkdir()
        for program in chosen:
            self._hand_in(program)
        self.before = {program.name: self.pictures(program) for program in chosen}

    @property
    def honest(self) -> Path:
        """A hand-in that is right everywhere."""
        return self.root / "handins" / "honest"

    def handin(self, program: Program) -> Path:
        return self.root / "handins" / program.name

    def canary(self, program: Program) -> Path:
        return self.root / "canaries" / program.name

    def place(self, text: str, program: Program) -> str:
        """Return the text with the names of places filled in."""
        for name, path in (
            ("COURSE", self.course),
            ("CANARY", self.canary(program)),
            ("HANDIN", self.handin(program)),
            ("LONG", "long " * 500),
            ("DEEP", "-" * 90_000),
        ):
            text = text.replace(f"@{name}@", str(path))
        return text

    def _hand_in(self, program: Program) -> None:
        handin, canary = self.handin(program), self.canary(program)
        canary.mkdir(parents=True)
        (canary / "note.txt").write_text("untouched", encoding="utf-8")
        (canary / "secret.txt").write_text(f"{self.token} is no program", encoding="utf-8")
        shutil.copytree(COURSE / "exercises", handin, ignore=shutil.ignore_patterns("__pycache__"))
        for path in sorted(program.folder.rglob("*")):
            if path.is_file() and path.name != "expected.toml" and "__pycache__" not in path.parts:
                target = handin / path.relative_to(program.folder)
                if target.parent.is_file():
                    target.parent.unlink()
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self.place(path.read_bytes().decode(), program).encode())
        for name, target in program.links.items():
            link = handin / name
            if link.is_dir():
                shutil.rmtree(link)
            link.unlink(missing_ok=True)
            link.symlink_to(self.place(target, program))

    def pictures(self, program: Program) -> dict[str, tuple[Any, ...]]:
        """Return what every file that this program could have in mind looks like."""
        folders = (self.course, self.handin(program), self.canary(program))
        return {str(path): _picture(path) for folder in folders for path in (folder, *sorted(folder.rglob("*")))}


def _picture(path: Path) -> tuple[Any, ...]:
    seen = path.lstat()
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""
    return seen.st_mode, seen.st_uid, seen.st_mtime_ns, seen.st_size if content else 0, content


@dataclass(frozen=True)
class Grading:
    """One grading to be done."""

    handin: Path
    targets: tuple[str, ...]
    timeout: float | None = None
    skip: tuple[str, ...] = ()
    """Layers of the jail to leave out."""
    strict: bool = False


@dataclass
class Batch:
    """What became of many gradings in one process."""

    outcomes: list[Outcome]
    left: list[str]
    """Processes that were still there when all gradings were over."""
    files: list[str]
    """What was left in the folder for temporary files."""


def grade_all(world: World, gradings: Sequence[Grading], *, jobs: int, user: int | None = None) -> Batch:
    """Grade in a fresh interpreter, `jobs` at a time, perhaps as another user."""
    plan = {
        "course": str(world.course),
        "jobs": jobs,
        "user": user,
        "gradings": [
            {
                "root": str(one.handin),
                "targets": one.targets,
                "timeout": one.timeout,
                "skip": one.skip,
                "strict": one.strict,
            }
            for one in gradings
        ],
    }
    environment = {**os.environ, "TMPDIR": str(world.root / "tmp"), "GRADER_TEST_SECRET": world.token}
    environment["PYTHONPATH"] = str(HERE.parents[1])
    environment["OPENBLAS_NUM_THREADS"] = "1"
    plan_file = world.root / "plan.json"
    plan_file.write_text(json.dumps(plan), encoding="utf-8")
    plan_file.chmod(0o644)
    done = subprocess.run(
        [sys.executable, __file__, str(plan_file), "" if user is None else str(user)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=_LIMIT_S,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    outcomes = [
        Outcome(from_json(one["results"]) if one["results"] else None, one["error"], one["seconds"], one["memory"])
        for one in told["outcomes"]
    ]
    return Batch(outcomes, told["left"], [path.name for path in (world.root / "tmp").iterdir()])


@contextlib.contextmanager
def a_world(chosen: Sequence[Program]) -> Iterator[World]:
    """Build a world that every user may read, and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        Path(folder).chmod(0o755)
        world = World(Path(folder))
        world.build(chosen)
        yield world


# ---------------------------------------------------------------- the process that grades


def main() -> None:
    """Carry out the plan in the file that the command line names; read it only when the nursery is there."""
    plan_file, user = Path(sys.argv[1]), sys.argv[2]
    _adopt_orphans()
    if user:
        os.setgroups([])
        os.setgid(int(user))
        os.setuid(int(user))

    from grader import apart
    from grader.lessons import find_course
    from grader.request import Request

    measured = tempfile.NamedTemporaryFile(prefix="grade-measured-")  # noqa: SIM115
    _measure(plan_file, measured.name)
    nursery = apart.new_nursery()
    plan = json.loads(plan_file.read_text(encoding="utf-8"))
    course = find_course(Path(plan["course"]) / "tests")
    requests = [
        Request(
            course,
            course.select(one["targets"]),
            Path(one["root"]),
            seed=SEED,
            timeout=one["timeout"],
            device="cpu",
            strict=one["strict"],
        )
        for one in plan["gradings"]
    ]
    outcomes: list[dict[str, Any]] = [{} for _ in requests]
    for key, result in apart.grade_apart(requests, jobs=plan["jobs"], nursery=nursery):
        failed = isinstance(result, Exception)
        outcomes[key] = {"results": "" if failed else _as_json(result), "error": str(result) if failed else ""}
    nursery.close()
    for line in measured:
        position, seconds, memory = json.loads(line)
        outcomes[position].update(seconds=seconds, memory=memory)
    measured.close()  # and with it the file
    for outcome in outcomes:
        outcome.setdefault("seconds", 0.0)
        outcome.setdefault("memory", 0)
    json.dump({"outcomes": outcomes, "left": _left()}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)


def _as_json(results: Any) -> str:
    from grader.results import to_json

    return to_json(results)


def _adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that none can hide. See prctl(2)."""
    set_child_subreaper = 36
    ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def _left() -> list[str]:
    """Return the processes below this one, after a moment in which those that were killed may end; then kill them."""
    limit = time.monotonic() + 30
    while (children := _children(os.getpid())) and time.monotonic() < limit:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.02)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    return [f"process {pid}" for pid in children]


def _children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(path.parent.name))
    return found


def _measure(plan_file: Path, writing: str) -> None:
    """Note of every grading, in its own fork, how long it took and how much memory the grader used."""
    from grader import apart, nursery

    begin, answer = nursery._Host._begin, apart.Told._answer
    begun = []

    def measured(host: Any, *told: Any) -> Any:
        request, zygote = begin(host, *told)
        gradings = json.loads(plan_file.read_text(encoding="utf-8"))["gradings"]
        root = str(request.submission_root)
        position = next(number for number, one in enumerate(gradings) if one["root"] == root)
        zygote.skip = frozenset(gradings[position]["skip"])
        begun.append((position, time.monotonic()))
        return request, zygote

    def noted(told: Any, text: str) -> None:
        position, started = begun[0]
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        peak = next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM:"))
        with Path(writing).open("a", encoding="ascii") as file:
            file.write(json.dumps([position, time.monotonic() - started, peak]) + "\n")
        answer(told, text)

    nursery._Host._begin, apart.Told._answer = measured, noted


if __name__ == "__main__":
    main()
