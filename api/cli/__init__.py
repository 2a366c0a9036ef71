"""The command line ``cancu``. Only the parser is loaded here; each command imports what it needs when it runs."""

from __future__ import annotations

from api.cli.commands import main

__all__ = ["main"]
