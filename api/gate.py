"""Between the guard and the routes: which route, who asks, may they. Nothing of the body is read before that."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.forms import csrf_fits
from api.identify import Identifier
from api.limits import Limits
from api.policy import Policy, find_policy
from api.problems import reply, wants_page
from api.watch import Watch
from rag.access import NOBODY, Bearer
from rag.errors import BadInput, CancuError, Denied, NotFound

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SIGN_IN_PAGE = "/dang-nhap"


class Gate:
    """ASGI middleware around the routes; sets ``state.bearer`` and ``state.notes``, counts, limits and audits."""

    def __init__(self, app: ASGIApp, identifier: Identifier, limits: Limits, watch: Watch) -> None:
        self.app = app
        self.identifier = identifier
        self.limits = limits
        self.watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope["state"]
        state["bearer"], state["notes"] = NOBODY, self.watch.notes()
        who = address = (scope.get("client") or ("",))[0]
        heard = _Status(send)
        try:
            policy = _policy(scope)
            state["bearer"] = bearer = self._bearer(scope, policy)
            _check(scope, policy, bearer)
            who = address if bearer is NOBODY else bearer.id
            if not policy.counted:
                await self.app(scope, receive, heard)
                return
            self.limits.enter(who)
        except CancuError as error:
            state["notes"].fields["refused"] = error.key
            await _refusal(Request(scope), error)(scope, receive, heard)
            self.watch.request(scope, heard.status, address)
            return
        try:
            await self.app(scope, receive, heard)
        finally:
            self.limits.leave(who)
            self.watch.request(scope, heard.status, address)

    def _bearer(self, scope: Scope, policy: Policy) -> Bearer:
        try:
            found = self.identifier.bearer(dict(scope["headers"]))
        except Denied:
            if policy.scope is not None:
                raise
            found = None
        if found is None and policy.scope is not None:
            raise Denied("sign_in_needed")
        return found or NOBODY


def _policy(scope: Scope) -> Policy:
    policy, known = find_policy(scope["method"], scope["path"])
    if policy is not None:
        return policy
    if known:
        raise BadInput("method_not_allowed", method=scope["method"])
    raise NotFound("route_not_found", path=scope["path"][:200])


def _check(scope: Scope, policy: Policy, bearer: Bearer) -> None:
    if policy.scope is not None and not bearer.may(policy.scope):
        raise Denied("scope_missing", scope=policy.scope)
    if policy.form or scope["method"] in READING_METHODS or bearer.csrf is None:
        return
    if not csrf_fits(bearer, dict(scope["headers"]).get(b"x-csrf-token", b"").decode("latin-1")):
        raise Denied("csrf_wrong")


def _refusal(request: Request, error: CancuError) -> Response:
    if error.key == "sign_in_needed" and wants_page(request) and request.method == "GET":
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN_PAGE}?tiep={quote(back, safe='')}", status_code=303)
    challenge = error.key in {"sign_in_needed", "key_wrong"}
    return reply(request, error, {"WWW-Authenticate": "Bearer"} if challenge else None)


class _Status:
    """Passes the reply on and remembers its status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)
