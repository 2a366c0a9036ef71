"""The application: routes, error shape, guard, OpenAPI. Everything it holds open comes in as ``Running``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI

from api import sign_in
from api.etags import ETags
from api.gate import Gate
from api.guard import Guard
from api.idempotency import Idempotency
from api.pages import install_pages
from api.problems import install_problems
from api.removals import let_go_at_start
from api.routes import answers, batches, catalogue, chat, documents, feedback, health, links, provisions
from api.running import Running
from api.schema import Problem

REQUEST_THREADS = 4  # on two cores more threads only take turns; the engine releases the GIL while it searches
DESCRIPTION = """Hỏi đáp trên văn bản pháp luật và hành chính: mỗi câu trả lời gắn với Điều, Khoản, Điểm và trang in.

Errors have one shape, problem details (RFC 9457). Fields may be added to replies, never renamed."""
PROBLEM = {"model": Problem, "content": {"application/problem+json": {}}}
PROBLEMS: dict[int | str, dict[str, object]] = {
    401: {**PROBLEM, "description": "Cần đăng nhập hoặc khóa truy cập"},
    403: {**PROBLEM, "description": "Không có quyền"},
    404: {**PROBLEM, "description": "Không tìm thấy"},
    413: {**PROBLEM, "description": "Quá lớn"},
    422: {**PROBLEM, "description": "Yêu cầu chưa đúng"},
    503: {**PROBLEM, "description": "Dịch vụ phía sau không trả lời; nên thử lại"},
}


def create_app(parts: Running) -> FastAPI:
    """The application over open parts; it closes them when it stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = REQUEST_THREADS
        yield
        await anyio.to_thread.run_sync(parts.close)

    app = FastAPI(
        title="Căn Cứ",
        version="1.0.0",
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses=PROBLEMS,
    )
    app.state.running = parts
    app.state.language = parts.settings.language
    for module in (answers, chat, batches, feedback, catalogue, documents, links, provisions, health):
        app.include_router(module.router)
    install_pages(app)
    let_go_at_start(parts)
    app.include_router(sign_in.router)
    install_problems(app)
    app.add_middleware(ETags)
    app.add_middleware(Idempotency, record=parts.store.record)
    app.add_middleware(Gate, identifier=parts.identifier, limits=parts.limits, watch=parts.watch)
    app.add_middleware(Guard, metrics=parts.metrics, settings=parts.settings)
    return app
