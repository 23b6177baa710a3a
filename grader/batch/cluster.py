"""Grading on a Dask cluster: batches of tasks go to workers, and each worker talks to a warm process of its own machine.

The connection is always encrypted, because whoever can talk to a scheduler can run code on the cluster. No worker forks:
what grades is the same `LocalExecutor` as without a cluster. Dask repeats what was running where a worker dies; the
journal keeps every grade once. A batch that takes its workers along is failed, and its tasks are tried one by one.
"""

import asyncio
import contextlib
import logging
import os
import queue
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from distributed import Client, Future, LocalCluster, Security, WorkerPlugin, get_worker

from grader.batch.digests import Graders
from grader.batch.execution import Conditions, ExecutionError, Outcome, Task
from grader.batch.local import LocalExecutor
from grader.lessons import Course
from grader.options import UsageError

BATCH: Final = 20
"""Tasks that travel together: the scheduler then has a hundredth of the work that grading has."""
_BATCHES_AHEAD: Final = 2
"""For each worker: one that is graded and one that waits."""
_PLUGIN: Final = "grading"
_CONNECT_S: Final = 30
_COURSE: Final = "GRADE_COURSE"
"""Set on a worker's machine where the course lies at another path."""


def connect(
    address: str | None,
    *,
    ca: str | None = None,
    cert: str | None = None,
    key: str | None = None,
    local: int | None = None,
) -> Client:
    """Return a client of a scheduler, or of a cluster of `local` workers that is started here; always over TLS."""
    if local is not None:
        cluster = LocalCluster(
            n_workers=local,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            security=Security.temporary(),
            silence_logs=logging.CRITICAL,
        )
        return Client(cluster)
    for path in (ca, cert, key):
        if path is None or not Path(path).is_file():
            raise UsageError(f"The certificate file `{path}` is not there.")
    security = Security(tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True)
    try:
        return Client(address, security=security, timeout=_CONNECT_S)
    except Exception as error:
        raise UsageError(f"The scheduler `{address}` does not answer: {error}") from error


class Grading(WorkerPlugin):
    """What a worker of the cluster keeps: a warm process that grades, and the conditions."""

    name = _PLUGIN

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions

    def setup(self, worker: Any) -> None:
        """Get ready; called in the worker when it starts, and again in the one that replaces it."""
        conditions = replace(self.conditions, course=os.environ.get(_COURSE, self.conditions.course))
        self._conditions, self._threads = conditions, worker.state.nthreads
        self._lock = threading.Lock()
        self._executor: LocalExecutor | None = None

    def teardown(self, worker: Any) -> None:  # noqa: ARG002  Dask's interface
        """End the warm process."""
        if self._executor is not None:
            self._executor.close()

    def grade(self, tasks: list[Task]) -> list[Outcome]:
        """Grade tasks, as many at a time as the worker has threads."""
        with self._lock:
            if self._executor is None:
                self._demand_same(self._conditions)
                self._executor = LocalExecutor(self._conditions, jobs=self._threads)
            waiting = list(reversed(tasks))
            outcomes: list[Outcome] = []
            while len(outcomes) < len(tasks):
                while waiting and len(tasks) - len(waiting) - len(outcomes) < self._threads:
                    self._executor.submit(waiting.pop())
                outcomes += self._executor.finished(1.0)
            return outcomes

    @staticmethod
    def _demand_same(conditions: Conditions) -> None:
        """Raise `ExecutionError` unless this machine has the course and the grader that the instructor has."""
        course = Course(Path(conditions.course))
        try:
            graders = Graders(course, device=conditions.device, timeout=conditions.timeout)
            same = conditions.graders == {
                lesson.id: graders.of(lesson) for lesson in course.lessons if lesson.id in conditions.graders
            }
        except OSError:
            same = False
        if not same:
            raise ExecutionError(f"A worker has another course or grader in `{conditions.course}` than this machine.")


def grade_batch(tasks: list[Task]) -> list[Outcome]:
    """Grade tasks in a worker of the cluster."""
    return cast("Grading", get_worker().plugins[_PLUGIN]).grade(tasks)


class ClusterExecutor:
    """Grades on the workers that a client knows."""

    def __init__(
        self, client: Client, conditions: Conditions, *, batch: int = BATCH, grading: type[Grading] = Grading
    ) -> None:
        self._client, self._batch = client, batch
        self._resources = {"GPU": 1} if conditions.device in ("cuda", "all") else None
        self._waiting: list[Task] = []
        self._out: dict[Future[Any], list[Task]] = {}
        self._ended: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        client.register_plugin(grading(conditions), name=_PLUGIN)

    @property
    def room(self) -> int:
        """Enough for every worker that is there now."""
        threads: int = sum(self._client.nthreads().values())
        return max(1, threads) * self._batch * _BATCHES_AHEAD

    def submit(self, task: Task) -> None:
        """Take a task; one that has failed before goes alone."""
        if task.tries > 1:
            self._send([task])
            return
        self._waiting.append(task)
        if len(self._waiting) == self._batch:
            self._flush()

    def finished(self, seconds: float) -> list[Outcome]:
        """Return what has ended; what still waits for a full batch is sent."""
        self._flush()
        outcomes: list[Outcome] = []
        with contextlib.suppress(queue.Empty):
            outcomes += self._results(self._ended.get(timeout=seconds))
            while True:  # whatever else is there already is kept in the same go
                outcomes += self._results(self._ended.get_nowait())
        return outcomes

    def _results(self, future: Future[Any]) -> list[Outcome]:
        tasks = self._out.pop(future)
        try:
            return cast("list[Outcome]", future.result())
        except ExecutionError as error:
            return [Outcome(task.number, failure=str(error), hopeless=True) for task in tasks]
        except Exception as error:  # KilledWorker, a lost connection
            said = f"A worker of the cluster was lost: {type(error).__name__}."
            return [Outcome(task.number, failure=said) for task in tasks]
        finally:
            future.release()

    def close(self) -> None:
        """Give up what still runs, and leave the cluster; one that was started here ends."""
        with contextlib.suppress(Exception):
            self._client.cancel(list(self._out))
        with contextlib.suppress(Exception, asyncio.CancelledError):
            cluster = self._client.cluster
            self._client.close()
            if cluster is not None:
                cluster.close()

    def _flush(self) -> None:
        if self._waiting:
            self._send(self._waiting)
            self._waiting = []

    def _send(self, tasks: list[Task]) -> None:
        future = self._client.submit(grade_batch, tasks, pure=False, resources=self._resources)
        self._out[future] = tasks
        future.add_done_callback(self._ended.put)
