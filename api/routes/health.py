"""Is the process alive, can it search, what has it done."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.routes.answers import Parts
from api.schema import Health
from rag.record.jobs import recent_jobs

router = APIRouter(tags=["Vận hành"])
CANARY = "điều khoản thi hành"  # words nearly every act holds: a search that touches lexicon, index and record
_WAITING = {"queued", "running"}


@router.get("/healthz", summary="Tiến trình còn chạy")
def healthz() -> Health:
    return Health(status="ok")


@router.get("/readyz", summary="Sẵn sàng phục vụ")
def readyz(parts: Parts) -> Health:
    """Ready means that a search goes through now; else the error's own status with problem details."""
    parts.service.search(CANARY, k=1)
    return Health(status="ready")


@router.get("/metrics", summary="Số đo Prometheus", response_class=Response)
def metrics(parts: Parts) -> Response:
    waiting = sum(job.state in _WAITING for job in recent_jobs(parts.record))
    text = parts.metrics.exposition(len(parts.record.documents()), waiting)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
