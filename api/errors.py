"""One table from error class to HTTP status and exit code, and the one shape of an error (RFC 9457).

A test walks the tree of ``rag.errors`` against ``OUTCOMES``. Exit codes 1 (failure inside) and 2 (wrong command line)
belong to Python and to the command-line parser; docs/api.md lists all of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from rag import errors

PROBLEM_MEDIA_TYPE = "application/problem+json"
EXIT_INTERNAL = 1
EXIT_DIFFERENCES = 11  # the command worked and found something wrong: verify, doctor, ingest --strict


class Outcome(NamedTuple):
    """What an error becomes. ``slug`` ends the problem's type URI; ``title`` is its short name in Vietnamese."""

    http_status: int
    exit_code: int
    slug: str
    title: str


OUTCOMES: dict[type[errors.CancuError], Outcome] = {
    errors.CancuError: Outcome(500, EXIT_INTERNAL, "internal", "Lỗi bên trong phần mềm"),
    errors.BadInput: Outcome(422, 3, "bad-input", "Yêu cầu chưa đúng"),
    errors.NotFound: Outcome(404, 4, "not-found", "Không tìm thấy"),
    errors.Refused: Outcome(409, 5, "refused", "Không thực hiện được lúc này"),
    errors.Denied: Outcome(403, 12, "denied", "Không có quyền"),
    errors.TooBusy: Outcome(429, 13, "too-busy", "Đang quá tải"),
    errors.FolderInUse: Outcome(409, 6, "folder-in-use", "Thư mục dữ liệu đang được sử dụng"),
    errors.DiskFull: Outcome(507, 7, "disk-full", "Ổ đĩa gần đầy"),
    errors.Damaged: Outcome(500, 8, "damaged", "Dữ liệu lưu trữ bị hỏng"),
    errors.IndexMismatch: Outcome(503, 9, "index-mismatch", "Chỉ mục không khớp cấu hình"),
    errors.Unavailable: Outcome(503, 10, "unavailable", "Dịch vụ phía sau không trả lời"),
}
# Messages that say a more exact status than their class; the exit code stays the class's.
HTTP_STATUS_OF_KEY = {
    "upload_too_large": 413,
    "body_too_large": 413,
    "other_origin": 403,
    "sign_in_needed": 401,
    "key_wrong": 401,
    "headers_too_large": 431,
    "sender_too_slow": 408,
    "other_host": 421,
    "method_not_allowed": 405,
}


def outcome_of(error: errors.CancuError) -> Outcome:
    """The row of the error's own class, with the status its message asks for."""
    row = next(OUTCOMES[kind] for kind in type(error).__mro__ if kind in OUTCOMES)
    return row._replace(http_status=HTTP_STATUS_OF_KEY.get(error.key, row.http_status))


def problem(error: errors.CancuError, language: str) -> dict[str, Any]:
    """The error as problem details; the same over HTTP and on the command line with ``--json``."""
    row = outcome_of(error)
    return {
        "type": f"urn:cancu:problem:{row.slug}",
        "title": row.title,
        "status": row.http_status,
        "detail": error.text(language),
        "code": error.key,
        "retryable": error.retryable,
    }
