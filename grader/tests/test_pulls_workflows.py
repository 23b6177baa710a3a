"""The workflows: what they may do, what they trust, and their scripts run against real repositories."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from grader.pulls.comment import MARK
from grader.results import from_json, to_json
from grader.tests import sample_results
from grader.tests.pull_requests import MEAN, Repository, obeyed

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"
NAMES = [path.name for path in sorted(WORKFLOWS.glob("*.yml"))]
RIGHT = "def mean(X):\n    if not len(X):\n        raise ValueError('no rows')\n    return X.mean(dim=0)\n"


def workflow(name):
    """Return a workflow; YAML reads the key `on` as true."""
    told = yaml.safe_load((WORKFLOWS / name).read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in told.items()}


def steps(name):
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


def step(name, title):
    return next(one for one in steps(name) if one.get("name") == title)


# ---------------------------------------------------------------- what stands in them


@pytest.mark.parametrize("name", NAMES)
class TestEveryWorkflow:
    def test_actions_are_pinned(self, name):
        """Every action is a commit, with the version beside it in a comment."""
        lines = [line for line in (WORKFLOWS / name).read_text().splitlines() if "uses:" in line]
        assert lines
        for line in lines:
            assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line

    def test_scripts_hold_no_expressions(self, name):
        """What the event says reaches a script by a variable only, never as its text."""
        assert [one["run"] for one in steps(name) if "${{" in one.get("run", "")] == []

    def test_no_secret_is_named_and_no_credential_stays(self, name):
        """No secrets; a checkout leaves no token in the working copy."""
        assert "secrets." not in (WORKFLOWS / name).read_text()
        for one in steps(name):
            if one.get("uses", "").startswith("actions/checkout@"):
                assert one["with"]["persist-credentials"] is False


def test_grading_may_only_read():
    """The grading job has one permission and never runs with the rights of the base repository."""
    told = workflow("grade.yml")
    assert set(told["on"]) == {"pull_request", "workflow_dispatch"}
    assert told["permissions"] == {}
    [job] = told["jobs"].values()
    assert job["permissions"] == {"contents": "read"}
    assert job["timeout-minutes"] <= 60
    with_token = [one["name"] for one in job["steps"] if "token" in json.dumps(one).lower()]
    assert with_token == ["Fetch the pull request's objects"]


def test_grading_checks_out_the_base_alone():
    """The one checkout is the base's; results are kept whatever the outcome."""
    checkouts = [one for one in steps("grade.yml") if "checkout" in one.get("uses", "")]
    assert [one["with"]["ref"] for one in checkouts] == ["${{ github.event.pull_request.base.sha || github.sha }}"]
    assert "git checkout" not in (WORKFLOWS / "grade.yml").read_text()
    uploads = [one for one in steps("grade.yml") if "upload-artifact" in one.get("uses", "")]
    assert [one["if"] for one in uploads] == ["always()", "always()"]


def test_commenting_trusts_nothing():
    """The job that may write has the default branch's files, the artifact as data, and runs for pull requests only."""
    told = workflow("comment.yml")
    assert set(told["on"]) == {"workflow_run"}
    assert told["permissions"] == {}
    [job] = told["jobs"].values()
    assert job["permissions"] == {"actions": "read", "contents": "read", "pull-requests": "write"}
    assert job["if"] == "github.event.workflow_run.event == 'pull_request'"
    [checkout] = [one for one in job["steps"] if "checkout" in one.get("uses", "")]
    assert checkout["with"] == {"persist-credentials": False}
    assert MARK.startswith("<!-- grade:")
    assert 'startswith("<!-- grade:")' in step("comment.yml", "Post the comment")["run"]


def test_zizmor_finds_nothing():
    """The strictest persona of zizmor has no finding but the trigger whose reason stands beside it."""
    zizmor = Path(sys.executable).with_name("zizmor")
    if not zizmor.exists():
        pytest.skip("zizmor is not installed")
    done = subprocess.run(
        [zizmor, "--offline", "--no-progress", "--persona=auditor", "--format=json", WORKFLOWS],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    assert [(one["ident"], one["desc"]) for one in found if not one.get("ignored")] == []
    allowed = re.findall(r"zizmor: ignore\[(.+?)\] (\S.*)", "".join(path.read_text() for path in WORKFLOWS.iterdir()))
    assert [rule for rule, reason in allowed if reason] == ["dangerous-triggers"]


# ---------------------------------------------------------------- what they do


@pytest.fixture
def machine(tmp_path, copied_course):
    """A server with the course and a pull request, and a runner with a clone of the base."""
    return Machine(tmp_path, copied_course.root)


class Machine:
    """A fake runner: real git, a `uv` that runs this environment's Python, a `gh` that answers from a table."""

    def __init__(self, folder, course):
        self.folder = folder
        self.source = Repository(course)
        self.source.begin()
        self.tools = folder / "tools"
        self.tools.mkdir()
        self.tool(
            "uv",
            f"""case "$*" in
            *"grade ci"*) shift 3; shift 1; exec "{sys.executable}" -m grader "$@" ;;
            *"python -m grader"*) while [ "$1" != python ]; do shift; done; shift; exec "{sys.executable}" "$@" ;;
            esac""",
        )
        self.tool("pip", "")

    def tool(self, name, script):
        path = self.tools / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >> {self.folder}/called\n{script}\n')
        path.chmod(0o755)

    @property
    def called(self):
        path = self.folder / "called"
        return path.read_text().splitlines() if path.exists() else []

    def serve(self, commit, ref="refs/pull/7/head"):
        """Put the course on the server, the commit under the name of a pull request."""
        self.source.git("update-ref", ref, commit)
        server = self.folder / "server" / "owner" / "course"
        self.source.git("clone", "--quiet", "--mirror", ".", server)
        self.source.git("clone", "--quiet", f"file://{server}", self.clone.root)

    @property
    def clone(self):
        return Repository(self.folder / "work")

    def run(self, script, **variables):
        """Run a script as the runner does: bash, stop at the first error."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
        given = {
            "PATH": f"{self.tools}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "owner/course",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "RUNNER_TEMP": str(self.folder),
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=self.clone.root,
            env=kept | given | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def fetch(self, expected):
        script = step("grade.yml", "Fetch the pull request's objects")["run"]
        return self.run(
            script, EXPECTED=expected, SERVER=f"file://{self.folder}/server", TOKEN="canary-token", NUMBER="7"
        )


def test_the_grading_job_on_a_hostile_pull_request(machine):
    """Fetch and grade as the job does: the checks are the base's, the working copy stays as it was."""
    commit = machine.source.branch(
        {
            f"exercises/{MEAN}": RIGHT,
            "tests/lesson_1_2_mean/test_ex1_mean.py": "EXERCISE = 0",
            ".github/workflows/grade.yml": "on: push",
            "exercises/lesson_1_2_mean/ex2_descend.py": ("120000", "../../reference/lesson_1_2_mean/ex2_descend.py"),
        }
    )
    machine.serve(commit)

    fetched = machine.fetch(commit)
    graded = machine.run(step("grade.yml", "Grade")["run"], SEED="0")

    assert fetched.returncode == 0, fetched.stderr
    assert graded.returncode == 1, graded.stderr
    results = from_json((machine.clone.root / "report" / "result.json").read_bytes())
    verdicts = {one.id: one.verdict for lesson in results.lessons for one in lesson.exercises}
    assert verdicts == {"1.2.1": "passed", "1.2.2": "not_attempted"}
    assert results.submission == commit
    assert obeyed(graded.stdout) == []
    assert (machine.folder / "summary").read_text().startswith("## Score: 4 of 10 points")
    assert machine.clone.git("status", "--porcelain", "--untracked-files=all", "--", ":!report") == ""
    assert "canary-token" not in (machine.clone.root / ".git" / "config").read_text() + fetched.stdout + fetched.stderr


def test_a_pull_request_that_moved_on(machine):
    """When the head is no longer the one that started the run, nothing is graded under its name."""
    machine.serve(machine.source.branch({f"exercises/{MEAN}": RIGHT}))

    fetched = machine.fetch("0" * 40)

    assert fetched.returncode == 1
    assert "has moved on to" in fetched.stdout


def test_a_run_by_hand(machine):
    """A run that a maintainer starts expects no particular commit: it grades what is there now."""
    machine.serve(machine.source.branch({f"exercises/{MEAN}": RIGHT}))
    assert machine.fetch("").returncode == 0


GH = """
case "$*" in
*"/pulls "*) data="$(cat {folder}/pulls.json)" ;;
*"/comments "*--jq*) data="$(cat {folder}/comments.json)" ;;
"run download"*) mkdir -p "$9"; cp {folder}/result.json "$9/" 2>/dev/null || exit 1; exit 0 ;;
*) cp {folder}/body.md {folder}/posted.md; exit 0 ;;
esac
while [ "$1" != --jq ]; do shift; done
jq --raw-output "$2" <<< "$data"
"""


@pytest.mark.skipif(shutil.which("jq") is None, reason="the fake `gh` needs jq")
class TestTheCommentingJob:
    @pytest.fixture
    def posting(self, machine):
        """Return a run of the script with what the API answers."""
        machine.serve("main")
        machine.tool("gh", GH.replace("{folder}", str(machine.folder)))

        def post(pulls, comments=(), artifact=None):
            (machine.folder / "pulls.json").write_text(json.dumps(pulls))
            (machine.folder / "comments.json").write_text(json.dumps(comments))
            if artifact is not None:
                (machine.folder / "result.json").write_text(artifact)
            return machine.run(
                step("comment.yml", "Post the comment")["run"],
                GH_TOKEN="canary",
                RUN="12",
                PAGE="https://example.org/12",
                COMMIT="a" * 40,
                HEAD="student:main",
            )

        return post

    def test_a_first_comment(self, machine, posting):
        """The pull request is found by its head; a comment of somebody else with the same mark is left alone."""
        pulls = [{"number": 3, "head": {"sha": "b" * 40}}, {"number": 7, "head": {"sha": "a" * 40}}]
        other = [{"id": 5, "user": {"login": "student"}, "body": MARK}]

        done = posting(pulls, other, to_json(sample_results.faults()))

        assert done.returncode == 0, done.stderr
        posted = [call for call in machine.called if "--method POST" in call]
        assert len(posted) == 1
        assert "repos/owner/course/issues/7/comments" in posted[0]
        assert (machine.folder / "posted.md").read_text().startswith(f"{MARK}\n## Score")

    def test_a_second_run(self, machine, posting):
        """The same comment is written anew."""
        mine = [{"id": number, "user": {"login": "github-actions[bot]"}, "body": f"{MARK}\nold"} for number in (8, 9)]

        done = posting([{"number": 7, "head": {"sha": "a" * 40}}], mine, to_json(sample_results.full()))

        assert done.returncode == 0, done.stderr
        assert [call for call in machine.called if "--method POST" in call] == []
        assert [call.split()[5] for call in machine.called if "PATCH" in call] == [
            "repos/owner/course/issues/comments/8"
        ]

    def test_a_pull_request_that_is_gone(self, machine, posting):
        """A head that no open pull request has any more gets no comment."""
        done = posting([{"number": 7, "head": {"sha": "b" * 40}}], artifact=to_json(sample_results.full()))

        assert done.returncode == 0, done.stderr
        assert not (machine.folder / "posted.md").exists()

    def test_no_artifact(self, machine, posting):
        """A run that graded nothing leaves nothing to say."""
        done = posting([{"number": 7, "head": {"sha": "a" * 40}}])

        assert done.returncode == 0, done.stderr
        assert not (machine.folder / "posted.md").exists()

    def test_a_forged_artifact(self, machine, posting):
        """What is no results file ends the job, and nothing is posted."""
        done = posting([{"number": 7, "head": {"sha": "a" * 40}}], artifact='{"score": "@everyone"}')

        assert done.returncode == 2
        assert not (machine.folder / "posted.md").exists()


# ---------------------------------------------------------------- GitLab


def test_the_gitlab_job(machine):
    """The template's script grades a merge request with the target branch, and leaves the reports GitLab reads."""
    job = yaml.safe_load((ROOT / "docs" / "gitlab-ci.yml").read_text(encoding="utf-8"))["grade"]
    assert job["variables"]["GIT_CHECKOUT"] == "false"
    assert job["artifacts"]["reports"] == {"junit": "report/junit.xml", "codequality": "report/gl-code-quality.json"}
    commit = machine.source.branch({f"exercises/{MEAN}": "def mean(X):\n    return X.sum(dim=0)\n"})
    machine.serve(commit, "refs/merge-requests/7/head")
    machine.clone.git("fetch", "--quiet", "origin", "refs/merge-requests/7/head")

    done = machine.run(
        "\n".join(job["script"]),
        GITHUB_ACTIONS="",
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main",
        CI_COMMIT_SHA=commit,
    )

    assert done.returncode == 1, done.stderr
    report = machine.clone.root / "report"
    [remark] = json.loads((report / "gl-code-quality.json").read_text())
    assert remark["location"]["path"] == f"exercises/{MEAN}"
    assert (report / "junit.xml").is_file()
    assert "::" not in done.stdout
