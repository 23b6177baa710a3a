"""A class made up with a seed: hand-ins, a roster and grades of two lessons, as a journal would hold them."""

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from grader.exports.choosing import build
from grader.exports.gradebook import Choice
from grader.journal.records import Grade, HandIn, Student
from grader.results import MistakeResult, Verdict
from grader.tests.sample_results import check, exercise, lesson, results

FOLDERS = {"2.2": "lesson_2_2_backward_by_hand", "2.3": "lesson_2_3_net_from_scratch"}
TITLES = {"2.2": "Backpropagation by hand", "2.3": "A network from scratch"}
DUE = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)

MEAN = MistakeResult(
    name="sum-instead-of-mean",
    says="Your gradient is batch-size times too large: average over the batch instead of summing.",
)
FACTOR = MistakeResult(
    name="missing-factor-2", says="The derivative of a square brings down a factor 2, which is missing."
)
ORDER = MistakeResult(
    name="sequential-update",
    says="You update one parameter and then compute the other's gradient with it: compute all gradients first.",
)
SIGN = MistakeResult(name="wrong-sign", says="You move uphill: subtract lr times the gradient.")
# lesson, exercise, title of its checks, and how often: solved, each mistake, wrong without a name, not attempted
PLANS = {
    "2.2": {
        "ex1_chain_rule": (0.78, {FACTOR: 0.12}, 0.06),
        "ex2_neuron": (0.4, {MEAN: 0.42, SIGN: 0.05}, 0.08),
        "ex3_layer": (0.62, {MEAN: 0.15}, 0.08),
    },
    "2.3": {
        "ex1_forward": (0.9, {}, 0.05),
        "ex2_backward": (0.45, {MEAN: 0.2, FACTOR: 0.1}, 0.15),
        "ex3_train": (0.3, {ORDER: 0.14}, 0.16),
    },
}
CHECKS = (
    ("test_example", "gives the numbers of the worked example", "W", Fraction(2)),
    ("test_reference[gauss]", "gives the right gradients (normal inputs)", "R", Fraction(1)),
    ("test_reference[offset]", "gives the right gradients (inputs with an offset)", "R", Fraction(1)),
    ("test_last_batch", "uses the last, smaller batch", "EDGE", Fraction(1)),
)


def one_exercise(name, lesson_id, dice):
    """Return an exercise with an outcome that the dice choose."""
    solved, mistakes, wrong = PLANS[lesson_id][name]
    roll = dice.random()
    made = {"lesson": lesson_id, "folder": FOLDERS[lesson_id], "possible": Fraction(5)}
    if roll < solved:
        return exercise(name, Verdict.PASSED, [_check(one, passed=True) for one in CHECKS], **made)
    if roll < solved + wrong / 2:  # only the last check fails
        checks = [_check(one, passed=one[0] != "test_last_batch") for one in CHECKS]
        return exercise(name, Verdict.WRONG, checks, **made)
    for mistake, share in mistakes.items():
        solved += share
        if roll < solved:
            checks = [_check(one, passed=one[2] == "EDGE") for one in CHECKS]
            return exercise(name, Verdict.WRONG, checks, mistakes=[mistake], earned=Fraction(1, 3), **made)
    if roll < solved + wrong:
        return exercise(name, Verdict.RAISED, [_check(one, passed=False) for one in CHECKS], **made)
    return exercise(name, Verdict.NOT_ATTEMPTED, [], **made)


def _check(one, *, passed):
    name, title, kind, worth = one
    verdict = Verdict.PASSED if passed else Verdict.WRONG
    said = "" if passed else "`dw` is 3, expected 6 (half)."
    return check(title, verdict, id=name, kind=kind, possible=worth, message=said)


def graded(lesson_id, dice):
    """Return the results of one lesson."""
    exercises = [one_exercise(name, lesson_id, dice) for name in PLANS[lesson_id]]
    return results(lesson(exercises, id=lesson_id, title=TITLES[lesson_id]))


def grade(student, digest, made, *, seed=0, grader="g1", **more):
    """Return a grade of given results, or a failure when there are none."""
    fields = {"lesson": made.lessons[0].id, "graded": "2026-03-02T08:00:00Z", "duration_s": 1.5} if made else {}
    fields |= {"student": student, "digest": digest, "seed": seed, "grader": grader, "results": made} | more
    return Grade(**fields)


def records(count=120, seed=7):
    """Return roster, hand-ins and grades of a class of this size."""
    dice = random.Random(seed)
    students, hand_ins, grades = [], [], []
    for number in range(count):
        key = f"student{number:04d}"
        ids = {
            "canvas_id": str(1000 + number),
            "sis_login_id": key,
            "moodle_id": f"m{number}",
            "lti_user_id": f"u{number}",
        }
        students.append(Student(student=key, name=f"Doe{number}, Jo", email=f"{key}@example.org", ids=ids))
        if dice.random() < 0.04:
            continue
        late = timedelta(hours=dice.randint(1, 60)) if dice.random() < 0.1 else -timedelta(hours=dice.randint(1, 90))
        digest = f"{dice.getrandbits(256):064x}"
        when = (DUE + late).isoformat().replace("+00:00", "Z")
        hand_ins.append(HandIn(student=key, source=f"{key}.zip", digest=digest, submitted=when))
        for name in PLANS:
            fields = {"lesson": name, "graded": "2026-03-02T08:00:00Z", "duration_s": round(dice.uniform(0.5, 4), 3)}
            if dice.random() < 0.01:
                grades.append(grade(key, digest, None, failure="The grader was killed.", tries=3, **fields))
            else:
                more = {"suspicious": "another seed gave 3 points less"} if dice.random() < 0.01 else {}
                grades.append(grade(key, digest, graded(name, dice), **fields, **more))
    hand_ins.append(HandIn(student="unreadable", source="u.zip", digest="", problem="The archive is damaged."))
    return students, hand_ins, grades


def book(count=120, seed=7, choice=None):
    """Return the gradebook of such a class."""
    students, hand_ins, grades = records(count, seed)
    return build(students, hand_ins, lambda: iter(grades), choice or Choice())


def fill(journal, count=120, seed=7):
    """Write such a class into a journal."""
    students, hand_ins, grades = records(count, seed)
    journal.roster(students)
    journal.hand_in(*hand_ins)
    journal.record(*grades)
