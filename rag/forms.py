"""What the ranker reads of each article, made once: tokens of its fields and vectors of its passages.

A form is derived from the record alone and kept in ``index/forms.sqlite``, a cache like the index: what is missing is
made again from the record when it is needed, what shaped it is in the file's fingerprint. Tokens are 16-bit: the
number of a syllable in the embedding's vocabulary, else a hash above it.
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from rag.embed import SHIPPED_NAME, StaticEmbedder
from rag.law.passage import Passage
from rag.law.text import syllables
from rag.record.model import Document

FORMS_VERSION = "forms/1"
TOKENS = 1 << 16  # distinct token numbers
TEXT_LIMIT = 1500  # tokens of a passage, and
ARTICLE_LIMIT = 6000  # of an article, that are kept: the longest are tables
VECTOR_SCALE = 256.0  # a component of a unit vector is kept as round(256 x), an 8-bit number
ACT_KINDS = {
    "hiến pháp": 0, "bộ luật": 0, "luật": 0, "pháp lệnh": 1, "nghị định": 2, "thông tư": 3, "thông tư liên tịch": 4,
    "quyết định": 5, "nghị quyết": 6,
}  # fmt: skip
OTHER_KIND = 7
HEADING_WORDS = (
    "hồ sơ", "thủ tục", "trình tự", "thẩm quyền", "xử phạt", "vi phạm", "điều kiện", "quyền", "nghĩa vụ", "trách nhiệm",
    "nguyên tắc", "thời hạn", "tội", "sửa đổi bổ sung", "mức", "nội dung", "quyết định", "phạm vi điều chỉnh",
    "đối tượng áp dụng", "giải thích từ ngữ", "hiệu lực", "tổ chức thực hiện", "trách nhiệm thi hành", "chuyển tiếp",
)  # fmt: skip
TITLE_WORDS = ("sửa đổi", "xử phạt", "hướng dẫn", "quy định chi tiết", "ban hành")


class Form(msgspec.Struct, frozen=True, array_like=True):
    """One article (or a passage outside any). ``*_ends`` uint32: where each passage's tokens end. ``vectors`` int8, one
    row a passage; ``heading_vector`` and ``title_vector`` likewise. ``ids``: 16 bytes a passage."""

    ids: bytes
    title: bytes
    heading: bytes
    texts: bytes
    text_ends: bytes
    contexts: bytes
    context_ends: bytes
    vectors: bytes
    heading_vector: bytes
    title_vector: bytes
    kind: int
    year: int
    article: int
    articles: int  # of the act
    heading_flags: int  # bit n: HEADING_WORDS[n] stands in the heading
    title_flags: int


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form as it is kept: ``key`` is its article's eid (or the passage's own)."""

    key: str
    passage_ids: tuple[bytes, ...]
    blob: bytes


_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[Form] = msgspec.msgpack.Decoder(Form)


class FormMaker:
    """Makes forms. ``embedder`` must be static: its vocabulary numbers the tokens."""

    def __init__(self, embedder: StaticEmbedder) -> None:
        self.embedder = embedder
        self.vocabulary = embedder.syllable_numbers()
        self._hashed = TOKENS - len(self.vocabulary)
        self._tokens: dict[str, int] = {}

    def tokens(self, words: Sequence[str]) -> NDArray[np.uint16]:
        return np.fromiter(map(self._token, words), np.uint16, len(words))

    def make(
        self,
        document: Document,
        passages: Sequence[Passage],
        words: Sequence[Sequence[str]],
        vectors: NDArray[np.float32],
    ) -> list[FormRow]:
        """Forms of a document. ``words``: syllables of each passage's text; ``vectors``: its passages' own."""
        title = syllables(document.title or "")
        keys = [p.article_eid or p.eid for p in passages]
        groups = [list(group) for _, group in groupby(range(len(passages)), key=keys.__getitem__)]
        headings = [syllables(passages[group[0]].heading) for group in groups]
        short = self.embedder.encode_syllables([title, *headings])
        about = (act_kind(document.type), act_year(document), len(groups))
        rows = []
        for group, heading, vector in zip(groups, headings, short[1:], strict=True):
            members = [passages[n] for n in group]
            form = self._form(
                members, [words[n] for n in group], vectors[group], title, heading, short[0], vector, about
            )
            ids = tuple(uuid.UUID(p.id).bytes for p in members)
            rows.append(FormRow(keys[group[0]], ids, _ENCODER.encode(form)))
        return rows

    def _form(
        self,
        passages: Sequence[Passage],
        words: Sequence[Sequence[str]],
        vectors: NDArray[np.float32],
        title: Sequence[str],
        heading: Sequence[str],
        title_vector: NDArray[np.float32],
        heading_vector: NDArray[np.float32],
        about: tuple[int, int, int],
    ) -> Form:
        texts = list(_capped(words))
        contexts = [syllables(p.context)[:TEXT_LIMIT] for p in passages]
        digits = "".join(c for c in passages[0].article_eid.rpartition("art_")[2].split("__")[0] if c.isdigit())
        return Form(
            ids=b"".join(uuid.UUID(p.id).bytes for p in passages),
            title=self.tokens(title).tobytes(),
            heading=self.tokens(heading).tobytes(),
            texts=b"".join(self.tokens(t).tobytes() for t in texts),
            text_ends=np.cumsum([len(t) for t in texts], dtype=np.uint32).tobytes(),
            contexts=b"".join(self.tokens(c).tobytes() for c in contexts),
            context_ends=np.cumsum([len(c) for c in contexts], dtype=np.uint32).tobytes(),
            vectors=shrink(vectors).tobytes(),
            heading_vector=shrink(heading_vector).tobytes(),
            title_vector=shrink(title_vector).tobytes(),
            kind=about[0],
            year=about[1],
            article=int(digits[:5] or 0),
            articles=about[2],
            heading_flags=flags(heading, HEADING_WORDS),
            title_flags=flags(title, TITLE_WORDS),
        )

    def _token(self, word: str) -> int:
        known = self._tokens.get(word)
        if known is None:
            number = self.vocabulary.get(word)
            if number is None:
                number = len(self.vocabulary) + zlib.crc32(word.encode()) % self._hashed
            if len(self._tokens) > 200_000:
                self._tokens.clear()
            known = self._tokens[word] = number
        return known


def decode_form(blob: bytes) -> Form:
    return _DECODER.decode(blob)


def shrink(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Unit vectors as 8-bit numbers."""
    return np.asarray(np.clip(np.rint(vectors * VECTOR_SCALE), -127, 127), np.int8)


def flags(words: Sequence[str], phrases: Sequence[str]) -> int:
    """Bit n is set when ``phrases[n]`` stands in ``words``."""
    text = f" {' '.join(words)} "
    return sum(1 << n for n, phrase in enumerate(phrases) if f" {phrase} " in text)


def act_kind(name: str | None) -> int:
    return ACT_KINDS.get((name or "").strip().lower(), OTHER_KIND)


def act_year(document: Document) -> int:
    """Year of issue, else of effect, else as the number says; 0 when nothing does."""
    if document.year:
        return document.year
    if document.effective_from:
        return int(document.effective_from[:4])
    parts = [p for p in (document.number or "").split("/") if len(p) == 4 and p.isdigit()]
    return int(parts[0]) if parts else 0


def _capped(words: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    left = ARTICLE_LIMIT
    for text in words:
        yield text[: min(TEXT_LIMIT, left)]
        left = max(0, left - len(text))


def open_forms(data_dir: Path) -> FormStore:
    """The forms of a data folder, by the shipped embedding."""
    return FormStore(data_dir / "index" / "forms.sqlite", f"{FORMS_VERSION} {SHIPPED_NAME}")


class FormStore:
    """The cache. Several processes may hold it; a lost write is made up for at the next question."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._fingerprint = fingerprint
        with self._connection() as connection:
            self._prepare(connection)

    def put(self, document_id: str, rows: Iterable[FormRow]) -> None:
        with self._connection() as connection:
            self._put(connection, document_id, rows)

    def put_many(self, made: Iterable[tuple[str, Sequence[FormRow]]]) -> None:
        with self._connection() as connection:
            for document_id, rows in made:
                self._put(connection, document_id, rows)

    def remove(self, document_id: str) -> None:
        with self._connection() as connection:
            self._remove(connection, document_id)

    def of_passages(self, passage_ids: Sequence[str]) -> tuple[list[Form], set[str]]:
        """Forms of the articles these passages belong to, in the order of their first passage, each once; and the
        passages of which there is none."""
        wanted = [bytes.fromhex(p.replace("-", "")) for p in passage_ids]
        connection = self._connection()
        marks = ",".join("?" * len(wanted))
        found = dict(connection.execute(f"SELECT passage, form FROM passages WHERE passage IN ({marks})", wanted))
        order = list(dict.fromkeys(found[p] for p in wanted if p in found))
        marks = ",".join("?" * len(order))
        blobs = dict(connection.execute(f"SELECT id, blob FROM forms WHERE id IN ({marks})", order))
        missing = {name for name, key in zip(passage_ids, wanted, strict=True) if key not in found}
        return [decode_form(blobs[n]) for n in order if n in blobs], missing

    def close(self) -> None:
        for connection in self._open:
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        known: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if known is None:
            known = sqlite3.connect(self._path, check_same_thread=False, timeout=30)
            known.execute("PRAGMA journal_mode=WAL")
            known.execute("PRAGMA synchronous=OFF")  # a cache: a torn file is thrown away with the index
            known.execute("PRAGMA secure_delete=ON")
            known.execute("PRAGMA mmap_size=1073741824")
            self._local.connection = known
            self._open.append(known)
        return known

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE IF NOT EXISTS about (fingerprint TEXT)")
        known = [row[0] for row in connection.execute("SELECT fingerprint FROM about")]
        if known == [self._fingerprint]:
            return
        connection.execute("DROP TABLE IF EXISTS forms")
        connection.execute("DROP TABLE IF EXISTS passages")
        connection.execute("CREATE TABLE forms (id INTEGER PRIMARY KEY, document TEXT NOT NULL, key TEXT, blob BLOB)")
        connection.execute("CREATE INDEX ix_forms_document ON forms (document)")
        connection.execute("CREATE TABLE passages (passage BLOB PRIMARY KEY, form INTEGER) WITHOUT ROWID")
        connection.execute("CREATE INDEX ix_passages_form ON passages (form)")
        connection.execute("DELETE FROM about")
        connection.execute("INSERT INTO about VALUES (?)", (self._fingerprint,))

    def _put(self, connection: sqlite3.Connection, document_id: str, rows: Iterable[FormRow]) -> None:
        self._remove(connection, document_id)
        for row in rows:
            cursor = connection.execute(
                "INSERT INTO forms (document, key, blob) VALUES (?, ?, ?)", (document_id, row.key, row.blob)
            )
            pairs = [(passage, cursor.lastrowid) for passage in row.passage_ids]
            connection.executemany("INSERT OR REPLACE INTO passages VALUES (?, ?)", pairs)

    def _remove(self, connection: sqlite3.Connection, document_id: str) -> None:
        connection.execute(
            "DELETE FROM passages WHERE form IN (SELECT id FROM forms WHERE document = ?)", (document_id,)
        )
        connection.execute("DELETE FROM forms WHERE document = ?", (document_id,))
