"""Results to try reports on: every verdict, several situations of a student, and the texts of a hostile one."""

from fractions import Fraction

import msgspec

from grader.results import (
    CheckResult,
    Divergence,
    Environment,
    ErrorMeasure,
    ExerciseResult,
    LessonResult,
    MistakeResult,
    Results,
    Score,
    Verdict,
    number,
)

FOLDER = "lesson_2_3_net_from_scratch"

HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 [bold]bold[/bold] [link=file:///]x[/] <b>html</b><script>alert(1)</script> "
    "]]> &amp; \u202ereversed\u202c \ud800 \x00 \ufffe ``` **stars** | pipe @everyone #1 ![i](http://a.b/c.png) "
    "www.example.org ::error::command ##[error]command %0A\r::set-env name=X::y"
)
HOSTILE_LINES = f"::error::first\n  ::stop-commands::x\n```\n# heading\n{HOSTILE}\n\x85\u2028::error::last"


def check(title, verdict=Verdict.PASSED, *, possible=Fraction(1), earned=None, kind="R", id=None, **more):  # noqa: A002
    """Return a check; it earns all or nothing unless told otherwise."""
    earned = (possible if verdict is Verdict.PASSED else Fraction(0)) if earned is None else earned
    name = id or f"test_{'_'.join(title.split()[:3])}"
    return CheckResult(id=name, title=title, kind=kind, verdict=verdict, earned=earned, possible=possible, **more)


def exercise(name, verdict, checks, *, possible=Fraction(5), earned=None, lesson="2.3", folder=FOLDER, **more):
    """Return an exercise that earns what its checks earn."""
    where = name.removeprefix("ex").partition("_")[0] if name.startswith("ex") else "1"
    earned = sum((one.earned for one in checks), Fraction(0)) if earned is None else earned
    return ExerciseResult(
        id=f"{lesson}.{where}",
        name=name,
        file=f"{folder}/{name}.py",
        earned=earned,
        possible=possible,
        verdict=verdict,
        checks=checks,
        **more,
    )


def lesson(exercises, *, id="2.3", title="A network from scratch"):  # noqa: A002
    """Return a lesson with the sums of its exercises."""
    earned = sum((one.earned for one in exercises), Fraction(0))
    possible = sum((one.possible for one in exercises), Fraction(0))
    return LessonResult(id=id, title=title, earned=earned, possible=possible, exercises=exercises)


def results(*lessons, problems=(), status="graded"):
    """Return results with the sums of their lessons."""
    return Results(
        course="training-loop",
        submission="exercises",
        started="2026-03-01T09:30:00Z",
        duration_s=2.9,
        seed=0,
        environment=Environment(
            python="3.11.7", torch="2.15.0", platform="Linux x86_64", devices=["cpu"], isolation=["landlock", "seccomp"]
        ),
        score=Score(
            earned=sum((one.earned for one in lessons), Fraction(0)),
            possible=sum((one.possible for one in lessons), Fraction(0)),
        ),
        status=status,
        lessons=list(lessons),
        problems=list(problems),
    )


def forward():
    """Return an exercise without a fault."""
    titles = ("gives the numbers of the worked example", "gives the right predictions", "leaves its arguments alone")
    return exercise("ex1_forward", Verdict.PASSED, [check(one, possible=Fraction(5, 3)) for one in titles])


def backward():
    """Return an exercise with a named mistake: half its points are gone."""
    wrong = Verdict.WRONG
    half = {
        "message": "step 1: `W2[0, 1]` is -0.3367, expected -0.6734 (half).\nOnly `W2` differs; `W1` is right.\n"
        "Only row 0 of `W2` differs; the other 3 are right. Yours: -0.33669, 1.25; expected: -0.67338, 2.5.",
        "divergence": Divergence(where="W2[0, 1]", expected=-0.67338, got=-0.33669, ratio=0.5, step=1),
        "error": ErrorMeasure(observed=0.5, allowed=1e-9, rule="float64"),
    }
    third = Fraction(1, 3)
    return exercise(
        "ex2_backward",
        wrong,
        [
            check(
                "gives the numbers of the worked example",
                wrong,
                message="`[0]` is 3, expected 6 (half).",
                possible=third,
            ),
            check(
                "gives the right gradients", wrong, possible=Fraction(2, 3), output="loss 0.25\nloss 0.125\n", **half
            ),
            check("agrees with finite differences", wrong, message="W2 is wrong.", kind="FD"),
            check("adds up over the batch", wrong, message="The sum is wrong.", kind="INV"),
            check("follows the reference", wrong, message="The losses are wrong."),
            *[check(f"keeps promise {count}", possible=third, kind="CON") for count in range(1, 7)],
            check("keeps the device", Verdict.SKIPPED, possible=Fraction(0), skipped_because="there is no CUDA device"),
        ],
        mistakes=[
            MistakeResult(
                name="missing-factor-2", says="The derivative of a square brings down a factor 2, which is missing."
            )
        ],
    )


def train(verdict=Verdict.NOT_ATTEMPTED):
    """Return an exercise that nobody has begun."""
    titles = ("gives the numbers of the worked example", "follows the reference")
    return exercise("ex3_train", verdict, [check(one, verdict, possible=Fraction(5, 2)) for one in titles])


def failed(name, verdict, message, *, passing=3, **more):
    """Return an exercise whose check fails in a given way."""
    checks = [check("follows the reference through every epoch", verdict, message=message, **more)]
    checks += [check(f"keeps promise {count}", kind="CON") for count in range(1, passing + 1)]
    return exercise(name, verdict, checks, possible=Fraction(1 + passing))


def full():
    """Everything right in one lesson."""
    done = exercise("ex2_backward", Verdict.PASSED, [check("gives the right gradients", possible=Fraction(5))])
    return results(lesson([forward(), done]))


def stubs():
    """A lesson nobody has begun."""
    quiz = exercise("quiz", Verdict.NOT_ATTEMPTED, [check("q1", Verdict.NOT_ATTEMPTED, possible=Fraction(5))])
    return results(lesson([quiz, exercise("ex2_backward", Verdict.NOT_ATTEMPTED, []), train()]))


def mistake():
    """The most common case: one exercise right, one with a known mistake, one to do."""
    return results(lesson([forward(), backward(), train()]))


def unnamed():
    """A wrong answer that no known mistake explains."""
    message = "epoch 4: `losses[3]` is 0.812345699, expected 0.812345678.\nOnly `losses[3]` differs; the other 4 entries are right."
    where = Divergence(where="losses[3]", expected=0.812345678, got=0.812345699, ratio=1.0000000258, step=4)
    one = failed(
        "ex3_train", Verdict.WRONG, message, divergence=where, error=ErrorMeasure(observed=2.6e-8, allowed=1e-9)
    )
    one = msgspec.structs.replace(
        one, hint="This looks a little like a known mistake, but not exactly: You move uphill."
    )
    return results(lesson([forward(), one]))


def faults():
    """One exercise for every way to fail."""
    traceback = (
        'ValueError: shapes (7, 3) and (4, 3) do not fit\n  line 12, in backward\n    hidden = X @ params["W1"].T'
    )
    same = {"message": "SyntaxError: expected ':'\n  line 4\n    def forward(X)\n                  ^", "line": 4}
    syntax = [check(one, Verdict.RAISED, **same) for one in ("gives the right values", "keeps the dtype", "works")]
    nan = Divergence(where="b1[0]", expected=0.25, got=number(float("nan")))
    shape = Divergence(where="y_pred", expected="shape [7, 1]", got="shape [7, 7]")
    return results(
        lesson(
            [
                exercise("ex1_syntax", Verdict.RAISED, syntax, possible=Fraction(3)),
                failed("ex2_raises", Verdict.RAISED, traceback, line=12, output="X torch.Size([7, 3])\n"),
                failed("ex3_loops", Verdict.TIMED_OUT, "", passing=0),
                failed("ex4_memory", Verdict.KILLED, "Your code asked for more than 4 GiB of memory."),
                failed("ex5_shortcut", Verdict.FORBIDDEN, "Line 3 uses torch.nn: write it by hand.", line=3),
                failed(
                    "ex6_nan", Verdict.WRONG, "The result has NaN where finite values are expected.", divergence=nan
                ),
                failed("ex7_shape", Verdict.WRONG, "The result has the wrong shape.", divergence=shape, device="cuda"),
                exercise(
                    "ex8_gated",
                    Verdict.WRONG,
                    [check("gives the right losses", Verdict.WRONG, message="None came back: is a return missing?")]
                    + [check(f"keeps promise {count}", earned=Fraction(0)) for count in range(1, 5)],
                    note="Nothing is earned before one comparison with the reference passes.",
                ),
                exercise("ex9_device", Verdict.SKIPPED, [], possible=Fraction(0)),
            ],
            title="Every fault there is",
        )
    )


def broken():
    """A fault of the lesson beside a right answer."""
    bad = exercise("ex4_batches", Verdict.BROKEN, [check("draws batches", Verdict.BROKEN, message="compared nothing")])
    said = "The check `test_draws_batches` of 2.3.4 compared nothing."
    return results(lesson([forward(), bad]), problems=[said], status="broken")


def course():
    """Several lessons: done, in progress, not begun."""
    done = [
        lesson(
            [exercise("ex1_a", Verdict.PASSED, [check("works", possible=Fraction(5))], lesson=key)], id=key, title=name
        )
        for key, name in (("1.1", "What is a training loop?"), ("1.2", "Linear regression"))
    ]
    later = lesson(
        [exercise("ex1_a", Verdict.NOT_ATTEMPTED, [], lesson="3.10")], id="3.10", title="Mixed precision " * 5
    )
    return results(*done, lesson([forward(), backward(), train()]), later)


def course_done():
    """Several lessons with nothing left to do."""
    return results(*course().lessons[:2], lesson([forward()]))


def quiz():
    """A quiz with four wrong answers."""
    says = ("The loss compares predictions with targets.", "Loss does not count parameters.", "A slope moves w.", "No.")
    checks = [check(f"answers question q{one}", Verdict.WRONG, message=f"q{one} is wrong.") for one in range(1, 5)]
    mistakes = [MistakeResult(name=f"fault-{one}", says=sentence) for one, sentence in enumerate(says)]
    return results(
        lesson([exercise("quiz", Verdict.WRONG, [*checks, check("answers question q5")], mistakes=mistakes)])
    )


def hostile():
    """A student who wants the reports to obey."""
    bad = exercise(
        "ex1_forward",
        Verdict.RAISED,
        [
            check(
                HOSTILE,
                Verdict.RAISED,
                message=HOSTILE_LINES,
                line=1,
                output=HOSTILE_LINES * 200,
                divergence=Divergence(where=HOSTILE, expected=HOSTILE, got=HOSTILE),
            ),
            check("draws", Verdict.SKIPPED, skipped_because=HOSTILE),
            check("long", Verdict.WRONG, message="x" * 1_000_000 + "\n" + "y\n" * 100_000, output="z" * 1_000_000),
        ],
        mistakes=[MistakeResult(name="m", says=HOSTILE), MistakeResult(name="n", says=HOSTILE)],
        note=HOSTILE,
    )
    return results(lesson([bad], title=HOSTILE), problems=[HOSTILE], status="broken")


SITUATIONS = {
    make.__name__: make for make in (full, stubs, mistake, unnamed, faults, broken, course, course_done, quiz, hostile)
}
