"""A form of a signed-in browser carries its session's token (CSRF), beside the guard's look at Origin."""

from __future__ import annotations

import hmac

from fastapi import Request

from api.policy import find_policy
from rag.access import NOBODY, Bearer
from rag.errors import Denied


async def checked_form(request: Request) -> None:
    """Refuse a form without the token. Raises Denied."""
    policy, _ = find_policy(request.method, request.url.path)
    bearer = getattr(request.state, "bearer", NOBODY)
    if policy is None or not policy.form or bearer.csrf is None:
        return
    token = (await request.form()).get("csrf")
    if not isinstance(token, str) or not csrf_fits(bearer, token):
        raise Denied("csrf_wrong")


def csrf_fits(bearer: Bearer, token: str) -> bool:
    """Whether ``token`` is the one of the bearer's session; who has no session needs none."""
    return bearer.csrf is None or hmac.compare_digest(bearer.csrf.encode(), token.encode())
