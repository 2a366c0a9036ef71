"""Who may read what. A document lies in one *holding*; an *access* says which holdings its bearer sees.

Everything that reads for somebody reads through ``Store.seen_by(access)``: the index gets the condition inside its
query (I2), the record puts it into each of its own, and term statistics count only what is seen, so that an answer is
that of an index that never held the rest (I1).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

COMMON = ""  # the department of what everybody in the agency reads
HIGHEST_CLEARANCE = 3  # 0 everybody, 1 internal, 2 restricted, 3 leadership; state secrets are refused at intake (S5)


@dataclass(frozen=True, slots=True, order=True)
class Holding:
    """Where a document lies: its department (``COMMON``: no single one) and the least clearance that reads it."""

    department: str = COMMON
    clearance: int = 0


SHARED = Holding()


@dataclass(frozen=True, slots=True)
class Access:
    """``departments`` None sees every department; a tuple sees those and what is common. No clearance, no document."""

    departments: tuple[str, ...] | None
    clearance: int

    def sees(self, holding: Holding) -> bool:
        """Whether its bearer may read, count or hear of documents in ``holding``."""
        if holding.clearance > self.clearance:
            return False
        return self.departments is None or holding.department in (COMMON, *self.departments)

    def may_write(self, holding: Holding) -> bool:
        """Whether a writer may put documents there or take them out: only where it belongs, never into what all
        read unless it belongs to all."""
        return self.sees(holding) and (self.departments is None or holding.department in self.departments)

    @property
    def unlimited(self) -> bool:
        """Whether there is nothing it does not see: no condition is needed then."""
        return self.departments is None and self.clearance >= HIGHEST_CLEARANCE


EVERYTHING = Access(None, HIGHEST_CLEARANCE)
NOTHING = Access((), -1)


class Scope(StrEnum):
    """What a bearer may do. ``ADMIN`` includes the others."""

    READ = "read"
    WRITE = "write"
    EVAL = "eval"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who asks: a key, an account, or the single user of an open machine. ``id`` is what the audit names."""

    id: str
    name: str
    scopes: frozenset[Scope]
    access: Access
    csrf: str | None = None  # of a session: what its forms must carry

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.ADMIN in self.scopes


NOBODY = Bearer("nobody", "", frozenset(), NOTHING)
EVERY_SCOPE = frozenset({Scope.ADMIN})
