"""Calls the application for each request, whatever it does.

Every call ends in one of: an answer; a 500 because it failed before the head
was sent; a connection cut because it failed after, so that the client sees
that the response is not whole; nothing, because the client has gone.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from time import monotonic, time
from typing import Any, TextIO

from spawning.access_log import (
    CLIENT_GONE,
    CUT_BY_APPLICATION,
    CUT_BY_CLIENT,
    CUT_BY_TIMEOUT,
    AccessLog,
    Record,
    refused,
)
from spawning.http.body import RequestBody
from spawning.http.connection import Connection
from spawning.http.errors import BadRequest, ClientGone, RequestTimeout
from spawning.http.host import Extras
from spawning.http.request import Request
from spawning.wsgi.environ import EnvironOf, address_of, environ_of
from spawning.wsgi.fields import ApplicationError
from spawning.wsgi.heads import Heads
from spawning.wsgi.response import Response, Sender, simple

Hook = tuple[Callable[..., Any], Iterable[Any], dict[str, Any]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

SWITCHING_PROTOCOLS = 101
FAILED = ("500 Internal Server Error", "The application failed to answer; see the server's log.")
NO_HOOKS: Sequence[Hook] = ()


TIMED_OUT = ("504 Gateway Timeout", "The application did not answer in time.")


class Handler:
    """Implements `gateway.Gateway` for one application.

    `answer` raises nothing but a RequestTimeout that comes late.
    """

    def __init__(
        self,
        application: Application,
        errors: TextIO,
        access_log: AccessLog | None,
        extras: Extras | None = None,
        environ: EnvironOf = environ_of,
    ) -> None:
        self._application = application
        self._errors = errors
        self._log = access_log
        self._adds_extras = extras is not None
        self._input, self._hooks = extras or ("", "")
        """Their names; attributes of ours are looked up faster than those of a named tuple."""
        self._environ_of = environ
        self._heads = Heads()

    def answer(
        self,
        connection: Connection,
        request: Request,
        body: RequestBody,
        sender: Sender | None = None,
    ) -> bool:
        """Answer, through `sender` if given; return whether the connection may stay open."""
        heads, since = self._heads, connection.since
        if since >= heads.until:
            heads.turn(since)
        response = Response(request, connection if sender is None else sender, heads, body)
        slot = connection.slot
        slot.begin(request.line or request.make_line(), since)
        log, hooks = self._log, NO_HOOKS
        if log is not None:
            log.identify(request.headers)
        try:
            environ = self._environ_of(request, connection.peer, connection.endpoint, body)
            client = environ["REMOTE_ADDR"]  # before the application can change it
            if self._adds_extras:
                environ[self._input] = body
                environ[self._hooks] = hooks = []
            result = self._application(environ, response.start)
            try:
                response.send_all(result)
            finally:
                if type(result) is not list and hasattr(result, "close"):
                    result.close()
        except BaseException as error:
            self._ended(connection, response, request, error)
        if hooks:
            self._follow_up(hooks, request, environ)
        if response.problem:
            self._blame(request, response)
        seconds = monotonic() - since if slot.measures or log is not None else 0.0
        slot.end(response.code, response.sent, seconds)
        if log is not None:
            log.write(_record(client, request, response, environ, seconds))
        return response.keep_alive

    def refusal(self, connection: Connection, error: BadRequest, received: bytes) -> bytes:
        """Return the response to a request that is refused, and log it.

        `received`: what has come of the head.
        """
        if self._log is not None:
            status = int(error.status[:3])
            client, request_id = address_of(connection.peer), self._log.new_id()
            self._log.write(refused(client, request_id, status, received))
        return simple(error.status, error.reason, time())

    def timeout(self) -> bytes:
        """Return the response to a request that took too long."""
        return simple(*TIMED_OUT, time())

    # ------------------------------------------------------------

    def _ended(
        self, connection: Connection, response: Response, request: Request, error: BaseException
    ) -> None:
        """Make the best of a call that ended with an exception."""
        response.keep_alive = False
        connection.send_off()  # it was whole, whatever came then
        if isinstance(error, ClientGone):
            connection.close()  # clients come and go: nobody's error
            response.code, response.cut = CLIENT_GONE, CUT_BY_CLIENT
        elif isinstance(error, RequestTimeout):
            connection.close()  # after `timeouts` has said all that there is to say
            response.code = response.code if response.sent else int(TIMED_OUT[0][:3])
            response.cut = CUT_BY_TIMEOUT
        elif connection.loan is not None and connection.loan.spoken:
            self._ended_by_hand(response, request, error)
        else:
            self._failed(connection, response, request, error)

    def _ended_by_hand(self, response: Response, request: Request, error: BaseException) -> None:
        """The application has answered on the socket itself, as websockets do."""
        response.code = response.code or SWITCHING_PROTOCOLS
        if not isinstance(error, ApplicationError) or response.status:
            self._complain(request, "".join(traceback.format_exception(error)).rstrip())
            response.cut = CUT_BY_APPLICATION

    def _failed(
        self, connection: Connection, response: Response, request: Request, error: BaseException
    ) -> None:
        if isinstance(error, BadRequest):
            status, text = error.status, error.reason
        else:
            status, text = FAILED
            self._complain(request, "".join(traceback.format_exception(error)).rstrip())
        if response.head_sent:
            connection.close()
            response.cut = CUT_BY_APPLICATION
            return
        response.code = int(status[:3])
        try:
            answer = simple(status, text, time())
            if request.method == "HEAD":
                answer = answer[: answer.index(b"\r\n\r\n") + 4]
            response.replace(answer)
        except ClientGone:
            connection.close()

    def _follow_up(self, hooks: Iterable[Hook], request: Request, environ: dict[str, Any]) -> None:
        """Call what the application wants called after its response."""
        try:
            for hook, arguments, keywords in hooks:
                hook(environ, *arguments, **keywords)
        except BaseException as error:
            self._complain(request, "".join(traceback.format_exception(error)).rstrip())

    def _blame(self, request: Request, response: Response) -> None:
        """Say what the application did wrong after the head had been sent."""
        self._complain(request, f"the application {response.problem}")
        response.cut = CUT_BY_APPLICATION

    def _complain(self, request: Request, text: str) -> None:
        try:
            self._errors.write(f"{_request_line(request)}: {text}\n")
            self._errors.flush()
        except (OSError, ValueError):
            pass  # a full disk or a closed stream under the log must not end the request


def _request_line(request: Request) -> str:
    return f"{request.method} {request.target} HTTP/1.{1 if request.http11 else 0}"


def _record(
    client: str, request: Request, response: Response, environ: dict[str, Any], seconds: float
) -> Record:
    return Record(
        client,
        request.headers.get("HTTP_X_REQUEST_ID", ""),
        request.method,
        request.target,
        "HTTP/1.1" if request.http11 else "HTTP/1.0",
        response.code,
        response.sent,
        seconds,
        response.cut,
        request.headers,
        response.headers,
        environ,
    )
