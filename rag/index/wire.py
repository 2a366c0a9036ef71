"""What crosses between the service and the processes beside it: msgpack with vectors as raw bytes, no pickle (S3)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from rag.index.fusion import Scored
from rag.index.points import IndexFilter, IndexPoint, SparseVector


class PackedPoints(msgspec.Struct, frozen=True, array_like=True):
    """Points side by side: ``ends`` uint32 says where each one's terms end in ``indices`` (uint32) and ``values``
    (float32); ``dense`` is float32, one row a point, empty without a dense side."""

    passage_ids: list[str]
    document_ids: list[str]
    fields: list[dict[str, str | int]]
    ends: bytes
    indices: bytes
    values: bytes
    dense: bytes = b""


class Search(msgspec.Struct, frozen=True, tag=True):
    indices: bytes | None
    values: bytes | None
    dense: bytes | None
    where: IndexFilter
    limit: int


class Count(msgspec.Struct, frozen=True, tag=True):
    where: IndexFilter


class Passages(msgspec.Struct, frozen=True, tag=True):
    """All passage ids."""


class Held(msgspec.Struct, frozen=True, tag=True):
    """The documents whose points are there."""


class Upsert(msgspec.Struct, frozen=True, tag=True):
    """Some points; ``begins`` names the documents of which they are the first."""

    points: PackedPoints
    begins: list[str]


class Delete(msgspec.Struct, frozen=True, tag=True):
    document_id: str


class DeletePoints(msgspec.Struct, frozen=True, tag=True):
    passage_ids: list[str]


class Finish(msgspec.Struct, frozen=True, tag=True):
    """Write everything to disk and end."""


Request = Search | Count | Passages | Held | Upsert | Delete | DeletePoints | Finish


class Failed(msgspec.Struct, frozen=True, tag=True):
    """What went wrong on the other side: a key of the message catalogue with its details."""

    key: str
    details: dict[str, str]


class Found(msgspec.Struct, frozen=True, tag=True):
    lexical: list[Scored]
    dense: list[Scored]


class Counted(msgspec.Struct, frozen=True, tag=True):
    number: int


class Names(msgspec.Struct, frozen=True, tag=True):
    names: list[str]


class Done(msgspec.Struct, frozen=True, tag=True):
    pass


Reply = Failed | Found | Counted | Names | Done

_ENCODER = msgspec.msgpack.Encoder()
_REQUEST: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_REPLY: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


def encode(message: Request | Reply) -> bytes:
    return _ENCODER.encode(message)


def decode_request(data: bytes) -> Request:
    return _REQUEST.decode(data)


def decode_reply(data: bytes) -> Reply:
    return _REPLY.decode(data)


def pack_search(
    sparse: SparseVector | None, dense: NDArray[np.float32] | None, where: IndexFilter, limit: int
) -> Search:
    return Search(
        sparse.indices.tobytes() if sparse is not None else None,
        sparse.values.tobytes() if sparse is not None else None,
        dense.astype(np.float32, copy=False).tobytes() if dense is not None else None,
        where,
        limit,
    )


def unpack_search(asked: Search) -> tuple[SparseVector | None, NDArray[np.float32] | None]:
    sparse = None
    if asked.indices is not None and asked.values is not None:
        sparse = SparseVector(np.frombuffer(asked.indices, np.uint32), np.frombuffer(asked.values, np.float32))
    return sparse, np.frombuffer(asked.dense, np.float32) if asked.dense is not None else None


def pack_points(points: Sequence[IndexPoint]) -> PackedPoints:
    sparse = [point.sparse for point in points]
    dense = [point.dense for point in points if point.dense is not None]
    if dense and len(dense) != len(points):
        raise ValueError("some points have a dense vector and some have none")
    return PackedPoints(
        [point.passage_id for point in points],
        [point.document_id for point in points],
        [point.fields for point in points],
        np.cumsum([len(one.indices) for one in sparse], dtype=np.uint32).tobytes(),
        b"".join(one.indices.tobytes() for one in sparse),
        b"".join(one.values.tobytes() for one in sparse),
        b"".join(one.astype(np.float32, copy=False).tobytes() for one in dense),
    )


def unpack_points(packed: PackedPoints) -> list[IndexPoint]:
    """The points again, their vectors as views of the message's bytes."""
    count = len(packed.passage_ids)
    ends = np.frombuffer(packed.ends, np.uint32)
    indices, values = np.frombuffer(packed.indices, np.uint32), np.frombuffer(packed.values, np.float32)
    rows = np.frombuffer(packed.dense, np.float32).reshape(count, -1) if packed.dense else None
    starts = [0, *ends.tolist()]
    return [
        IndexPoint(
            packed.passage_ids[n],
            packed.document_ids[n],
            SparseVector(indices[starts[n] : starts[n + 1]], values[starts[n] : starts[n + 1]]),
            rows[n] if rows is not None else None,
            packed.fields[n],
        )
        for n in range(count)
    ]
