"""Programs in workers: `WorkerCallee` asks a forked worker; trusted programs may share one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from grader.calls import Answer, Call, LessonError, Source, Spent, StudentError
from grader.exchange import Heard, Message, Question, question, refusal, serve, understood
from grader.proxy import Handle
from grader.refusals import line_of, too_long
from grader.results import Verdict
from grader.worker.channel import pack
from grader.worker.launch import Zygote
from grader.worker.process import Budget, Reply, Worker, WorkerError, WorkerTimeoutError
from grader.worker.wire import Reference

_JAIL_LIMIT_S: Final = 60.0


@dataclass
class WorkerCallee:
    """A program in a worker of its own; the worker starts with the first call."""

    zygote: Zygote
    source: Source
    budget: Budget
    forbid: tuple[str, ...] = ()
    device: str | None = None
    limits: dict[str, int] = field(default_factory=dict)
    """Limits of the worker's resources, by the names of `jail.Limits`."""
    spent: Spent = field(default_factory=Spent)
    """Known when it is closed."""
    _before: tuple[float, int] = (0.0, 0)
    _worker: Worker | None = None
    _loading: bool = False
    _asking: bool = False
    untouched: bool = False
    """Nothing in the program is written yet."""
    loads: int = 0
    """How many times a program was loaded: things that it made are gone after each."""

    def begin(self) -> None:
        """Have a worker forked that enters its jail and loads the program, and go on without waiting for it."""
        source = self.source
        self._worker = self.zygote.spawn(
            [source.folder] if source.folder else [], self.limits, devices=self.device is not None
        )
        self._loading = True
        self.loads += 1
        self._worker.post(self._load_message())

    def _load_message(self) -> dict[str, Any]:
        source = self.source
        return {
            "kind": "load",
            "source": source.text,
            "file": source.file,
            "module": source.module,
            "siblings": source.folder,
            "forbid": list(self.forbid),
        }

    def become(self, source: Source) -> None:
        """Load another program into the same worker: for trusted variants, which need no process of their own."""
        fresh = self._worker is None or not self._worker.alive
        if not fresh:
            self.start()
        self.source = source
        if fresh:
            self.start()
            return
        self.loads += 1
        self._refuse(self._reply(lambda worker: worker.exchange(pack(self._load_message(), []), self.budget)).header)

    def start(self) -> None:
        """Make sure that the program is loaded; raises `StudentError` when it cannot be."""
        if self._worker is None or not self._worker.alive:
            self.begin()
        if not self._loading:
            return
        self._loading = False
        jail = self._reply(lambda worker: worker.receive(Budget(_JAIL_LIMIT_S, _JAIL_LIMIT_S)))
        self.zygote.confined(jail.header)
        reply = self._reply(lambda worker: worker.receive(self.budget))
        self._refuse(reply.header)
        self.untouched = bool(reply.header.get("untouched"))
        if self._worker is not None:
            self._before = self._worker.usage()

    @property
    def alive(self) -> bool:
        """Whether its worker has started and still answers."""
        return self._worker is not None and self._worker.alive

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            if self._worker.alive and self.spent.calls:
                seconds, peak = self._worker.usage()
                self.spent.seconds = max(0.0, seconds - self._before[0])
                self.spent.bytes = max(0, peak - self._before[1])
            self._worker.close()

    def answer(self, call: Call) -> Answer:
        """Ask the worker."""
        return understood(self.exchange(question(call, self.device)), self._revive, narrow=self.narrow)

    @property
    def narrow(self) -> bool:
        """Whether its device has no float64."""
        return (self.device or "").startswith("mps")

    def exchange(self, asked: Question, serving: Callable[[Message, Heard], Message] | None = None) -> Heard:
        """Return what the worker replies, an error as well; raises `StudentError` when it cannot reply.

        `serving` answers its callbacks, in place of the question's own functions.
        """
        if self._asking:
            raise LessonError("a callback used its own submission while that was waiting for the callback's answer")
        self.start()
        heard = Heard({}, [])
        self._asking = True

        def call_back(reply: Reply) -> Message:
            told = reply.header, reply.blobs
            return serving(told, heard) if serving else serve(told, asked.callbacks, heard, self._revive)

        try:
            reply = self._reply(lambda worker: worker.exchange(asked.frame, self.budget, call_back))
        finally:
            self._asking = False
        self._stop_at_violations()
        self.spent.calls += 1
        heard.header, heard.blobs, heard.output = reply.header, reply.blobs, self._output()
        heard.text = reply.text
        return heard

    def _reply(self, ask: Callable[[Worker], Reply]) -> Reply:
        """Return the worker's reply; its end becomes a `StudentError`."""
        worker = self._worker
        if worker is None:
            raise LessonError("a worker was used before it was started")
        limit = self.budget.limit()
        if limit <= 0:
            raise StudentError(Verdict.TIMED_OUT, too_long(limit))
        try:
            return ask(worker)
        except WorkerTimeoutError:
            self.budget.overrun()
            raise StudentError(Verdict.TIMED_OUT, too_long(limit), output=worker.take_output()) from None
        except WorkerError as error:
            raise StudentError(Verdict.KILLED, str(error), output=worker.take_output()) from None

    def _output(self) -> str:
        return self._worker.take_output() if self._worker is not None else ""

    def _refuse(self, header: dict[str, Any]) -> None:
        """Raise the error that a reply stands for; what was printed before an answer comes with that."""
        self._stop_at_violations()
        if header.get("kind") != "loaded":
            raise refusal(Heard(header, [], self._output())) or LessonError("a worker did not say that it is ready")

    def _stop_at_violations(self) -> None:
        violations = self._worker.violations if self._worker is not None else []
        if violations:
            first = violations[0]
            raise StudentError(
                Verdict.FORBIDDEN,
                f"`{str(first.get('name'))[:80]}` is not allowed in this exercise: write the computation yourself.",
                line=line_of(first.get("line")),
                output=self._output(),
            )

    def _revive(self, reference: Reference) -> Any:
        return Handle(self, reference.number, reference.type)


@dataclass
class Variant:
    """A program that shares a worker with other trusted programs; loaded whenever its turn comes."""

    shared: WorkerCallee
    source: Source

    def answer(self, call: Call) -> Answer:
        """Load the program if another one was there, and ask it."""
        self.start()
        return self.shared.answer(call)

    def exchange(self, asked: Question) -> Heard:
        """Load the program if another one was there, and return what it replies."""
        self.start()
        return self.shared.exchange(asked)

    def start(self) -> None:
        """Load the program if another one was there."""
        if self.shared.source is not self.source:
            self.shared.become(self.source)

    @property
    def loads(self) -> int:
        """How many times a program was loaded into the shared worker."""
        return self.shared.loads

    @property
    def device(self) -> str | None:
        """Where it computes."""
        return self.shared.device

    @property
    def narrow(self) -> bool:
        """Whether its device has no float64."""
        return self.shared.narrow

    def close(self) -> None:
        """Leave the worker to the others."""
