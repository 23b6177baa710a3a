"""Gradescope's `results.json`: one test per exercise, so that a course of many checks stays readable.

Fields: https://gradescope-autograders.readthedocs.io/en/latest/specs/. All formats are `text`: nothing is markup.
"""

import json
from typing import Any

from grader.reports import explanation, figures, text
from grader.results import ExerciseResult, LessonResult, Results, decimal


def render(results: Results) -> str:
    """Return the JSON text; ASCII only, as Gradescope stores it."""
    return json.dumps(record(results), indent=2, allow_nan=False) + "\n"


def record(results: Results) -> dict[str, Any]:
    """Return what Gradescope reads, as plain JSON values."""
    return {
        "score": decimal(results.score.earned),
        "execution_time": round(results.duration_s, 3),
        "output": _output(results),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",  # it may name files of the instructor
        "tests": [_test(lesson, exercise) for lesson in results.lessons for exercise in lesson.exercises],
        "extra_data": {"results_version": results.version, "status": results.status, "seed": results.seed},
    }


def _output(results: Results) -> str:
    lines = []
    if results.problems or results.status == "broken":
        problems = [text.one_line(problem) for problem in results.problems]
        lines += [explanation.BROKEN_HEADLINE, *problems, explanation.BROKEN_ADVICE]
    score = results.score
    share = figures.percent(score.earned, score.possible)
    lines.append(f"Score: {figures.points(score.earned, score.possible)} points ({share})")
    return "\n".join(lines)


def _test(lesson: LessonResult, exercise: ExerciseResult) -> dict[str, Any]:
    said = [explanation.WORDS[exercise.verdict].capitalize() + "."]
    if exercise.verdict in explanation.FAILED:
        said = [explanation.headline(exercise), explanation.plain(exercise)]
    elif exercise.note:
        said.append(text.one_line(exercise.note))
    return {
        "number": text.one_line(exercise.id),
        "name": text.one_line(exercise.name),
        "score": decimal(exercise.earned),
        "max_score": decimal(exercise.possible),
        "status": "passed" if explanation.is_full(exercise) else "failed",
        "output": "\n".join(line for line in said if line),
        "tags": [text.one_line(lesson.id)],
        "visibility": "visible",
        "extra_data": {
            "verdict": exercise.verdict.value,
            "mistakes": [text.one_line(mistake.name) for mistake in exercise.mistakes],
        },
    }
