"""Every error this project raises on purpose.

CancuError
├── BadInput           the caller must change the request (4xx)
│   └── NotFound
├── Refused            a guard said no: disk nearly full, folder owned by another process, limit reached
│   ├── FolderInUse
│   └── DiskFull
├── Denied             who asks may not: no key, a wrong one, or one without the scope
├── TooBusy            more than may be served now: wait, then try again
├── Damaged            what is stored does not match its checksum or its fingerprint
│   └── IndexMismatch  the index was built with other settings: rebuild
└── Unavailable        something behind us does not answer; a retry may help

Each carries a key of the message catalogue and its fields; ``api.errors`` maps each class to one HTTP status and one
exit code, and a test walks this tree against that table.
"""

from __future__ import annotations

from rag.messages import DEFAULT_LANGUAGE, message


class CancuError(Exception):
    """Base of the tree. ``key`` names the message, ``details`` fill it, ``retryable`` says whether waiting helps."""

    retryable = False

    def __init__(self, key: str, **details: object) -> None:
        self.key = key
        self.details = details
        super().__init__(key)

    def text(self, language: str = DEFAULT_LANGUAGE) -> str:
        return message(self.key, language, **self.details)

    def __str__(self) -> str:
        return self.text()


class BadInput(CancuError):
    pass


class NotFound(BadInput):
    pass


class Refused(CancuError):
    pass


class FolderInUse(Refused):
    retryable = True


class DiskFull(Refused):
    retryable = True


class Denied(CancuError):
    pass


class TooBusy(CancuError):
    retryable = True


class Damaged(CancuError):
    pass


class IndexMismatch(Damaged):
    pass


class Unavailable(CancuError):
    retryable = True
