"""Is the process alive, can it search, what has it done."""

from __future__ import annotations

from datetime import UTC, datetime

import anyio
import anyio.to_thread
from fastapi import APIRouter, Request, Response

from api.routes.answers import Parts
from api.running import Running
from api.schema import Health
from rag.errors import Unavailable
from rag.record.catalogue import count_documents
from rag.record.jobs import waiting_jobs

router = APIRouter(tags=["Vận hành"])
CANARY = "điều khoản thi hành"  # words nearly every act holds: a search that touches lexicon, index and record
CANARY_S = 5.0  # a search takes milliseconds; readiness must be wrong for no longer than 20 s (A3)


@router.get("/healthz", summary="Tiến trình còn chạy")
def healthz() -> Health:
    return Health(status="ok")


@router.get("/readyz", summary="Sẵn sàng phục vụ")
async def readyz(request: Request) -> Health:
    """Ready means that a search goes through now; else the error's own status with problem details."""
    parts: Running = request.app.state.running
    if getattr(request.app.state, "draining", False):
        raise Unavailable("draining")
    with anyio.move_on_after(CANARY_S):
        await anyio.to_thread.run_sync(_canary, parts, abandon_on_cancel=True, limiter=_canary_places(request))
        return Health(status="ready")
    raise Unavailable("canary_failed", seconds=round(CANARY_S))


@router.get("/metrics", summary="Số đo Prometheus", response_class=Response)
def metrics(parts: Parts) -> Response:
    waiting, oldest = waiting_jobs(parts.record)
    age = (datetime.now(UTC) - datetime.fromisoformat(oldest)).total_seconds() if oldest else 0.0
    text = parts.metrics.exposition(count_documents(parts.record), waiting, max(age, 0.0), parts.limits.running)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def _canary(parts: Running) -> None:
    parts.service.search(CANARY, k=1)


def _canary_places(request: Request) -> anyio.CapacityLimiter:
    """Threads of its own: a service whose threads all hang must not look ready because nobody may ask."""
    state = request.app.state
    if not hasattr(state, "canary_places"):
        state.canary_places = anyio.CapacityLimiter(2)
    places: anyio.CapacityLimiter = state.canary_places
    return places
