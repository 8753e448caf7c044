"""Calls the application for each request, whatever it does.

Every call ends in one of: an answer; a 500 because it failed before the head
was sent; a connection cut because it failed after, so that the client sees
that the response is not whole; nothing, because the client has gone.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any, TextIO

from spawning.access_log import AccessLog
from spawning.http.body import RequestBody
from spawning.http.connection import Connection
from spawning.http.request import BadRequest, ClientGone, Request
from spawning.wsgi.environ import environ_of
from spawning.wsgi.fields import DateHeader
from spawning.wsgi.response import Response, close, simple

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

FAILED = ("500 Internal Server Error", "The application failed to answer; see the server's log.")


class Handler:
    """Implements `engine.Gateway` for one application."""

    def __init__(
        self, application: Application, errors: TextIO, access_log: AccessLog | None
    ) -> None:
        self._application = application
        self._errors = errors
        self._log = access_log
        self._date = DateHeader()

    def answer(self, connection: Connection, request: Request, body: RequestBody) -> bool:
        """Answer; return whether the connection may stay open.  Never raises."""
        response = Response(request, connection.send, self._date, body.withdraw_invitation)
        try:
            environ = environ_of(request, connection.peer, connection.endpoint, body)
            result = self._application(environ, response.start)
            try:
                response.send_all(result)
            finally:
                close(result)
        except ClientGone:
            connection.close()  # clients come and go: nobody's error
        except BaseException as error:
            self._failed(connection, response, request, error)
        if response.problem:
            self._complain(request, f"the application {response.problem}")
        if self._log is not None:
            self._log.write(
                "" if connection.endpoint.is_unix else connection.peer[0],
                _request_line(request),
                response.code,
                response.sent,
                monotonic() - connection.since,
            )
        return response.keep_alive

    def refusal(self, connection: Connection, error: BadRequest) -> bytes:
        """Return the response to a request that is refused, and log it."""
        if self._log is not None:
            client = "" if connection.endpoint.is_unix else connection.peer[0]
            self._log.write(client, "-", int(error.status[:3]), 0, 0.0)
        return simple(error.status, error.reason, self._date)

    # ------------------------------------------------------------

    def _failed(
        self, connection: Connection, response: Response, request: Request, error: BaseException
    ) -> None:
        response.keep_alive = False
        if isinstance(error, BadRequest):
            status, text = error.status, error.reason
        else:
            status, text = FAILED
            self._complain(request, "".join(traceback.format_exception(error)).rstrip())
        if response.head_sent:
            connection.close()
            return
        response.code = int(status[:3])
        try:
            answer = simple(status, text, self._date)
            if request.method == "HEAD":
                answer = answer[: answer.index(b"\r\n\r\n") + 4]
            connection.send(answer)
        except ClientGone:
            connection.close()

    def _complain(self, request: Request, text: str) -> None:
        try:
            self._errors.write(f"{_request_line(request)}: {text}\n")
            self._errors.flush()
        except (OSError, ValueError):
            pass  # a full disk or a closed stream under the log must not end the request


def _request_line(request: Request) -> str:
    return f"{request.method} {request.target} HTTP/1.{1 if request.http11 else 0}"
