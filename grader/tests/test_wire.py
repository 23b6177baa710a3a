"""The wire: every value arrives as it was sent, and no bytes whatsoever do more than raise `WireError`.

`GRADE_FUZZ_EXAMPLES` sets how many malformed messages are tried (default: few, for a quick run).
"""

import contextlib
import json
import math
import os
import random
import socket
import struct
import sys
import time
import tracemalloc

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.worker.channel import Channel, pack, unpack
from grader.worker.wire import BOUNDS, DTYPES, Decoder, Encoder, NotDataError, Reference, WireError

EXAMPLES = int(os.environ.get("GRADE_FUZZ_EXAMPLES", "300"))
LARGEST = f"{BOUNDS.body >> 20} MB"
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="GRADE_FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def frame(value):
    encoder = Encoder()
    return pack({"kind": "answer", "value": encoder.encode(value)}, encoder.blobs)


def received(data):
    """Send bytes through a socket as a worker would, close, and return what the other end reads."""
    ours, theirs = socket.socketpair()
    theirs.sendall(data)
    theirs.close()
    channel = Channel(ours)
    try:
        return channel.receive(wait=lambda _: None)
    finally:
        channel.close()


def decoded(header, blobs):
    return Decoder(blobs).decode(header.get("value"))


def sent(value):
    return decoded(*received(frame(value)))


def same(left, right):
    """Equal in type, structure and bits."""
    if type(left) is not type(right):
        return False
    if isinstance(left, torch.Tensor):
        alike = left.dtype == right.dtype and left.shape == right.shape
        return alike and Encoder().encode(left)[1:3] == Encoder().encode(right)[1:3] and bits(left) == bits(right)
    if isinstance(left, float):
        return struct.pack("d", left) == struct.pack("d", right) or (math.isnan(left) and math.isnan(right))
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(map(same, left.values(), right.values()))
    if isinstance(left, torch.Generator):
        return torch.equal(left.get_state(), right.get_state())
    return left == right


def bits(tensor):
    encoder = Encoder()
    encoder.encode(tensor)
    return encoder.blobs


# ---------------------------------------------------------------- round trips


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 0, -1, 2**62, -(2**62), 2**63, 10**100, -(10**1000)),
        *(0.0, -0.0, 1e-320, 0.1, math.pi, sys.float_info.max, math.inf, -math.inf, math.nan),
        *("", "ü\n\0\x1b", "\ud800", "😀", 1 + 2j, complex(-0.0, math.nan), b"", b"\x00\xff"),
        *([], (), {}, set(), frozenset(), [[]], ((),), {"": {}}),
        *([1, "a", None], (1, (2,)), {1: "a", "1": "b", None: 2, (1, 2): 3, 1.5: 4, True + 1: 5}),
        *({1, "a", None}, frozenset({1, (2, 3)}), slice(None), slice(1, None, -2)),
        *(torch.float64, torch.bfloat16, torch.bool, torch.device("cpu"), torch.device("cuda", 1)),
    ],
    ids=lambda value: repr(value)[:30].encode("ascii", "backslashreplace").decode(),
)
def test_values(value):
    """Every kind of value arrives with its type and its bits."""
    assert same(value, sent(value))


@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (1,), (5,), (2, 3), (2, 1, 2, 2), (1,) * 16], ids=str)
def test_tensors(name, shape):
    """Tensors of every dtype and shape arrive bit by bit."""
    tensor = torch.arange(math.prod(shape)).reshape(shape).sub(2).to(DTYPES[name])

    assert same(tensor, sent(tensor))


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32", "float64", "complex64", "complex128"])
def test_special_numbers(name):
    """Signed zeros, NaN, infinities and denormal numbers arrive bit by bit."""
    tensor = torch.tensor([0.0, -0.0, math.nan, math.inf, -math.inf, 1e-40, 1e-310]).to(DTYPES[name])

    assert same(tensor, sent(tensor))


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.T,
        lambda x: x[::2, 1:],
        lambda x: x[0].expand(4, 3),
        lambda x: x.clone().requires_grad_(),
        lambda x: x.clone().requires_grad_() * 2,
        lambda x: x.to(torch.complex128).conj(),
        lambda x: x.to(torch.complex128).conj().imag,
        torch.nn.Parameter,
    ],
)
def test_views(view):
    """What is transposed, strided, expanded, conjugated or part of a graph arrives as plain values."""
    tensor = view(torch.randn(5, 3, dtype=torch.float64))
    arrived = sent(tensor)

    assert (torch.Tensor, False) == (type(arrived), arrived.requires_grad)
    assert same(tensor.detach().resolve_conj().resolve_neg().contiguous(), arrived)


def test_arrived_tensors_can_be_written_to():
    """A tensor that arrived has memory of its own."""
    value = [torch.zeros(3), torch.zeros(3)]
    arrived = sent(value)
    arrived[0] += 1

    assert (arrived[1].tolist(), value[0].tolist()) == ([0, 0, 0], [0, 0, 0])


def test_generators():
    """A random generator arrives with its state and goes on with the same numbers."""
    generator = torch.Generator().manual_seed(3)
    torch.rand(5, generator=generator)
    arrived = sent(generator)

    assert torch.equal(torch.rand(9, generator=generator), torch.rand(9, generator=arrived))


class Point(tuple):  # noqa: SLOT001  a student's class
    pass


class Words(str):  # noqa: SLOT000  a student's class
    pass


class Table(dict):
    pass


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Point((1, 2)), (1, 2)),
        (Words("a"), "a"),
        (Table(a=1), {"a": 1}),
        (torch.Size([2, 3]), (2, 3)),
        (bytearray(b"ab"), b"ab"),
        (torch.float64.itemsize, 8),
        (torch.tensor([3.0, 1.0]).max(0), (torch.tensor(3.0), torch.tensor(0))),
    ],
    ids=repr,
)
def test_subclasses_arrive_as_plain_values(value, expected):
    """Named tuples, subclasses and sizes arrive as the value they hold."""
    assert same(expected, sent(value))


def test_facts():
    """What a tensor was like is reported with its path."""
    encoder = Encoder()
    encoder.encode({"W": torch.zeros(2, dtype=torch.float16).requires_grad_(), "h": [1, torch.ones(1)]}, "out")

    assert [(fact.path, fact.dtype, fact.requires_grad) for fact in encoder.facts] == [
        ('out["W"]', "float16", True),
        ('out["h"][1]', "float32", False),
    ]


PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**200), 2**200)
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters(), max_size=8)
    | st.binary(max_size=8)
    | st.builds(slice, st.none() | st.integers(), st.none() | st.integers(), st.none() | st.integers())
    | st.sampled_from([torch.float32, torch.int64, torch.device("cpu")])
)
TENSORS = st.builds(
    lambda shape, name, seed: torch.randint(-9, 9, shape, generator=torch.Generator().manual_seed(seed)).to(
        DTYPES[name]
    ),
    st.lists(st.integers(0, 3), max_size=4),
    st.sampled_from(sorted(DTYPES)),
    st.integers(0, 9),
)
KEYS = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.tuples(st.integers(), st.text(max_size=2))
VALUES = st.recursive(
    PLAIN | TENSORS,
    lambda part: (
        st.lists(part, max_size=4) | st.lists(part, max_size=4).map(tuple) | st.dictionaries(KEYS, part, max_size=4)
    ),
    max_leaves=12,
)


@settings(FUZZ, max_examples=min(EXAMPLES, 100))
@given(VALUES)
def test_any_value(value):
    """Any nesting of values arrives as it was sent."""
    assert same(value, sent(value))


# ---------------------------------------------------------------- what cannot travel


class Thing:
    pass


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Thing(), "`out` is a "),
        ([torch.zeros(2).to_sparse()], "`out[0]` is a tensor of a kind that is not graded (torch.sparse_coo, cpu)"),
        (torch.zeros(2, device="meta"), "`out` is a tensor of a kind that is not graded (torch.strided, meta)"),
        (torch.zeros(2).to(torch.float8_e4m3fn), "`out` is a tensor of dtype torch.float8_e4m3fn, which is not graded"),
        (torch.zeros(1).expand(1 << 40), f"`out` is a tensor of shape [1099511627776], larger than {LARGEST}"),
        ([torch.zeros(1).expand(BOUNDS.body // 6)] * 2, f"the values together are larger than {LARGEST}"),
        ([0] * (BOUNDS.nodes + 1), "is nested too deeply or holds too many entries to be graded"),
    ],
    ids=["object", "sparse", "meta", "float8", "expanded", "together", "many"],
)
def test_not_data(value, message):
    """What cannot travel is refused with a sentence that names it, without allocating it."""
    with pytest.raises(NotDataError) as raised:
        Encoder().encode(value, "out")

    assert message in str(raised.value)


def test_cycles():
    """A list that holds itself is refused."""
    value = []
    value.append(value)
    with pytest.raises(NotDataError, match="nested too deeply"):
        Encoder().encode(value)


def test_references_need_someone_to_revive_them():
    """A handle or a callback stands for a thing only where such things are expected."""
    encoder = Encoder(keep=lambda _: Reference(1, "handle", "Thing"))
    header, blobs = received(pack({"value": encoder.encode([Thing()])}, encoder.blobs))

    with pytest.raises(WireError, match="a reference stands where only data is allowed"):
        Decoder(blobs).decode(header["value"])
    assert [Reference(1, "handle", "Thing")] == Decoder(blobs, revive=lambda one: one).decode(header["value"])


# ---------------------------------------------------------------- malformed messages


def only_wire_errors(data):
    """Read and decode bytes as the grader does; everything but `WireError` and the stream's end escapes."""
    with contextlib.suppress(WireError, EOFError):
        header, blobs = received(data)
        Decoder(blobs, revive=lambda reference: reference).decode(header.get("value"))


@FUZZ
@given(VALUES, st.integers(0, 2**32), st.integers(1, 6))
def test_mutated_bytes(value, seed, mutations):
    """A frame with changed, missing and added bytes raises `WireError`, or is another value."""
    data, chance = bytearray(frame(value)), random.Random(seed)
    for _ in range(mutations):
        place = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + chance.randrange(1, 9)]
            case 2:
                data[place:place] = chance.choice(
                    [b'"', b"[", b"]", b",", b"9", b"-", b"\xff", b"null", b"NaN", b"1e999"]
                )
            case _:
                data[place] ^= 1 << chance.randrange(8)
        if not data:
            break
    # lengths that fit again, so that the mutation is not always caught at the first look
    if chance.random() < 0.7 and len(data) > 12:
        size = data.rfind(b"]}", 12) + 2 - 12
        if size > 1:
            data[:12] = struct.pack(">IQ", size, len(data) - 12 - size)
    only_wire_errors(bytes(data))


TAGS = st.sampled_from(
    [
        "list",
        "tuple",
        "set",
        "frozenset",
        "dict",
        "int",
        "complex",
        "bytes",
        "slice",
        "dtype",
        "device",
        "generator",
        "tensor",
        "handle",
        "callback",
        "decode",
        "take",
        "__class__",
        "blobs",
    ]
)
JUNK = (
    st.none()
    | st.booleans()
    | st.integers(-2, 6)
    | st.sampled_from([2**31, 2**63, 2**64, -(2**63), 10**30, BOUNDS.body, BOUNDS.body + 1])
    | st.floats()
    | st.sampled_from(
        [*DTYPES, "cpu", "cuda", "cuda:-1", "meta", "nope", "__doc__", "Tensor", "0x10", "_", "\ud800", ""]
    )
)
TREES = st.recursive(
    JUNK,
    lambda part: (
        st.lists(part, max_size=4)
        | st.tuples(TAGS, part).map(list)
        | st.tuples(TAGS, part, part).map(list)
        | st.tuples(TAGS, part, part, part).map(list)
        | st.tuples(
            st.just("tensor"), st.sampled_from(sorted(DTYPES)), st.lists(JUNK, max_size=4), st.integers(-1, 3)
        ).map(list)
        | st.tuples(st.just("dict"), st.lists(st.tuples(part, part).map(list), max_size=3)).map(list)
        | st.dictionaries(st.text(max_size=3), part, max_size=2)
    ),
    max_leaves=8,
)


@FUZZ
@given(TREES, st.lists(st.sampled_from([b"", b"\x01", b"\x07" * 8, b"\xff" * 16, b"\x00" * 5056]), max_size=3))
def test_forged_trees(tree, blobs):
    """A well-formed frame with a tree that no encoder makes raises `WireError`, or is a value."""
    only_wire_errors(pack({"value": tree}, blobs))


@FUZZ
@given(st.dictionaries(st.sampled_from(["blobs", "value", "kind"]), TREES), st.binary(max_size=40))
def test_forged_headers(header, body):
    """A header that says nonsense about the body raises `WireError`, or happens to fit."""
    text = json.dumps(header).encode()
    only_wire_errors(struct.pack(">IQ", len(text), len(body)) + text + body)


@FUZZ
@given(st.binary(max_size=200))
def test_noise(data):
    """Bytes that are no frame raise `WireError`, or end the stream."""
    only_wire_errors(data)


@pytest.mark.parametrize(
    "tree",
    [
        ["dtype", "nope"],
        ["dtype", "Tensor"],
        ["dtype", "__class__"],
        ["dtype", 3],
        ["dtype", None],
        ["dtype", ["a"]],
        ["device", "nope"],
        ["device", None],
        ["device", ["cpu"]],
        ["int", 3],
        ["int", "zz"],
        ["int", "0x" + "f" * 20_000],
        ["complex", "1", 2],
        ["bytes", -1],
        ["bytes", 7],
        ["bytes", True],
        ["bytes", 0.0],
        ["tensor", "float64", [2], 0],
        ["tensor", "float64", [-1, -1], 0],
        ["tensor", "float64", [True], 0],
        ["tensor", "float64", [1.0], 0],
        ["tensor", "float64", 1, 0],
        ["tensor", "float64", None, 0],
        ["tensor", "float64", {}, 0],
        ["tensor", "float64", "", 0],
        ["tensor", "float64", [1] * 17, 0],
        ["tensor", "float64", [2**62, 2**62, 0], 1],
        ["tensor", "float64", [0, 2**27, 2**27, 2**27, 2**27], 1],
        ["tensor", ["float64"], [1], 0],
        ["tensor", "quint8", [1], 0],
        ["generator", 0],
        ["generator", 1],
        ["dict", 3],
        ["dict", [[1]]],
        ["dict", [[["list", []], 1]]],
        ["set", [["list", []]]],
        ["list"],
        ["list", [], []],
        ["list", "ab"],
        ["slice", 1, 2],
        ["slice", 1, 2, 3, 4],
        ["handle", "1", "Thing"],
        ["handle", True, "Thing"],
        ["unknown", 1],
        ["_items", [], 0],
        [["list"], []],
        [],
        {},
        {"a": 1},
    ],
    ids=lambda tree: json.dumps(tree)[:40],
)
def test_forged(tree):
    """Each way to lie about a value raises `WireError`."""
    header, blobs = received(pack({"value": tree}, [b"\x00" * 8, b""]))
    with pytest.raises(WireError):
        Decoder(blobs, revive=lambda reference: reference).decode(header["value"])


@pytest.mark.parametrize("name", ["_dynamo", "onnx", "_inductor", "distributed"])
def test_a_forged_dtype_imports_nothing(name):
    """The name of a dtype is looked up in a table: torch's lazy modules stay where they are."""
    loaded = set(sys.modules)
    with pytest.raises(WireError):
        Decoder([]).decode(["dtype", name])

    assert set() == set(sys.modules) - loaded


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">IQ", BOUNDS.header + 1, 0),
        struct.pack(">IQ", 2, BOUNDS.body + 1),
        struct.pack(">IQ", 2**32 - 1, 2**64 - 1),
        struct.pack(">IQ", 2, 0) + b"{}",
        struct.pack(">IQ", 2, 0) + b"[]",
        struct.pack(">IQ", 4, 0) + b"null",
        struct.pack(">IQ", 2, 0) + b"\xff\xfe",
        struct.pack(">IQ", 0, 0),
        struct.pack(">IQ", 14, 0) + b'{"blobs":[-0]}'[:14],
        struct.pack(">IQ", 13, 1) + b'{"blobs":[2]}' + b"x",
        struct.pack(">IQ", 16, 1) + b'{"blobs":[2,-1]}' + b"x",
        struct.pack(">IQ", 15, 1) + b'{"blobs":[1.0]}' + b"x",
        struct.pack(">IQ", 16, 1) + b'{"blobs":[true]}' + b"x",
        struct.pack(">IQ", 13, 1) + b'{"blobs":"1"}' + b"x",
    ],
)
def test_forged_frames(data):
    """A frame that claims too much, or whose parts do not fit, raises `WireError`."""
    if b"-0" in data:  # the one that fits: minus zero is zero
        assert [bytes(blob) for blob in received(data)[1] if blob] == []
        return
    with pytest.raises(WireError):
        received(data)


@pytest.mark.parametrize("size", [0, 1, 11, 12, 20])
def test_a_stream_that_ends(size):
    """A stream that ends, even within a frame, raises `EOFError`."""
    with pytest.raises(EOFError):
        received(frame([1, 2, 3])[:size])


def cost(action):
    """Return (megabytes, seconds of processor time) that an action needs."""
    started = time.process_time()
    with contextlib.suppress(WireError, EOFError):
        action()
    seconds = time.process_time() - started
    tracemalloc.start()
    with contextlib.suppress(WireError, EOFError):
        action()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak >> 20, seconds


def test_claims_allocate_nothing():
    """Memory is taken for bytes that arrived, not for bytes that were announced."""
    assert cost(lambda: received(struct.pack(">IQ", BOUNDS.header, BOUNDS.body) + b"{"))[0] < 3
    assert cost(lambda: Decoder([memoryview(b"")]).decode(["tensor", "float64", [2**22, 2**22], 0]))[0] < 1


@pytest.mark.parametrize(
    "text", [b"[" * 100_000, b'{"a":' * 100_000, b'{"value":' + b"[" * 500_000 + b"]" * 500_000 + b"}"]
)
def test_deep_nesting(text):
    """Nesting beyond reason raises `WireError`; it neither crashes the interpreter nor takes long."""
    with pytest.raises(WireError):
        unpack(text, b"")


def test_nesting_within_json_but_beyond_bounds():
    """A tree deeper than any value is refused."""
    tree = 1
    for _ in range(BOUNDS.depth + 10):
        tree = ["list", [tree]]
    with pytest.raises(WireError, match="nested too deeply"):
        Decoder([]).decode(tree)


def test_many_empty_parts():
    """A header full of empty parts costs no more memory than its own text in Python's objects."""
    text = json.dumps({"blobs": [0] * 1_000_000, "value": None}, separators=(",", ":")).encode()

    assert cost(lambda: unpack(text, b""))[0] < 64


@pytest.mark.parametrize("tag", ["dict", "set"])
def test_keys_that_collide(tag):
    """Thousands of keys with one hash value do not stop the grader."""
    numbers = [["int", hex(n * sys.hash_info.modulus)] for n in range(1, 12_000)]
    tree = ["dict", [[number, 0] for number in numbers]] if tag == "dict" else ["set", numbers]

    assert cost(lambda: Decoder([]).decode(tree))[1] < 0.5
