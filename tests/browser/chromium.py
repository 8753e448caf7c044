"""A headless browser, driven over the pipe of its DevTools protocol: nothing to install."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

from serving import PATIENCE

FOUND = [path for name in ("chromium", "google-chrome") if (path := shutil.which(name))][:1]
"""The browser of this machine, if it has one."""

LEFT = "Inspected target navigated or closed"


class Left(Exception):
    """The page was left before it could answer."""


class Browser:
    """One browser with one page."""

    def __init__(self, program: str, profile: Path) -> None:
        to_us, from_browser = os.pipe()
        to_browser, from_us = os.pipe()
        # The protocol's descriptors are 3 and 4, which only a shell can give it.
        command = f'exec "$@" 3<&{to_browser} 4>&{from_browser} 2>/dev/null'
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        quiet = ["--no-first-run", "--disable-background-networking", "--remote-debugging-pipe"]
        self._process = subprocess.Popen(
            ["bash", "-c", command, "-", program, *flags, *quiet, f"--user-data-dir={profile}"],
            pass_fds=(to_browser, from_browser),
        )
        os.close(to_browser)
        os.close(from_browser)
        self._reader = os.fdopen(to_us, "rb")
        self._writer = os.fdopen(from_us, "wb")
        self._answers: dict[int, dict[str, Any]] = {}
        self._changed = threading.Condition()
        self._last = 0
        self.requested: list[str] = []
        """Addresses that the page has asked for."""
        self.unanswered: dict[str, tuple[str, str]] = {}
        """Addresses that it waits for and whose document does, by the number of the request."""
        self.complaints: list[str] = []
        """What the page wrote to the console, and what was refused to it."""
        threading.Thread(target=self._read, daemon=True).start()
        self._target = self._ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self._ask("Target.attachToTarget", {"targetId": self._target, "flatten": True})
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.tell(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Go to a page."""
        self.tell("Page.navigate", url=url)

    def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command for the page; return its result."""
        return self._ask(method, parameters, self._session)

    def value_of(self, script: str) -> Any:
        """Return what an expression of JavaScript comes to in the page."""
        result = self.tell("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def holds(self, script: str) -> bool:
        """Return whether an expression holds in the page; one that fails does not.

        Nor does one that is asked of a page while it is being left.
        """
        guarded = f"(() => {{ try {{ return {script} }} catch {{ return false }} }})()"
        try:
            return bool(self.value_of(guarded))
        except Left:
            return False

    def wait_for(self, script: str) -> None:
        """Return when an expression holds in the page."""
        pause = threading.Event()
        for _ in range(int(PATIENCE / 0.05)):
            if self.holds(script):
                return
            pause.wait(0.05)
        text = self.value_of("document.body?.innerText")
        raise AssertionError(f"it never held that {script}, in:\n{text}\n{self.complaints}")

    def look_as(self, width: int, height: int, dark: bool = False) -> None:
        """Be a screen of this size, and prefer this scheme of colours."""
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tell("Emulation.setEmulatedMedia", features=[scheme])

    def show(self, visible: bool) -> None:
        """Bring the page's window to the front, or put it away."""
        window = self._ask("Browser.getWindowForTarget", {"targetId": self._target})["windowId"]
        bounds = {"windowState": "normal" if visible else "minimized"}
        self._ask("Browser.setWindowBounds", {"windowId": window, "bounds": bounds})
        self.wait_for(f"document.visibilityState === '{'visible' if visible else 'hidden'}'")

    def screenshot(self, path: Path) -> None:
        """Write what the page looks like, all of it."""
        data = self.tell("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))

    def close(self) -> None:
        """End the browser."""
        self._writer.close()  # which ends it
        self._process.wait(PATIENCE)

    def _ask(self, method: str, parameters: dict[str, Any], session: str = "") -> dict[str, Any]:
        self._last += 1
        number = self._last
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._writer.write(json.dumps(message).encode() + b"\0")
        self._writer.flush()
        with self._changed:
            assert self._changed.wait_for(lambda: number in self._answers, PATIENCE), method
            answer = self._answers.pop(number)
        if answer.get("error", {}).get("message") == LEFT:
            raise Left
        assert "error" not in answer, (method, answer)
        result: dict[str, Any] = answer["result"]
        return result

    def _read(self) -> None:
        rest = b""
        while data := self._reader.read1(65536):
            *messages, rest = (rest + data).split(b"\0")
            for message in messages:
                self._take(json.loads(message))
        self._reader.close()

    def _take(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        match message.get("method"):
            case None:
                with self._changed:
                    self._answers[message["id"]] = message
                    self._changed.notify_all()
            case "Network.requestWillBeSent":
                self.requested.append(parameters["request"]["url"])
                asked = parameters["request"]["url"], parameters["loaderId"]
                self.unanswered[parameters["requestId"]] = asked
            case "Network.loadingFinished" | "Network.loadingFailed":
                self.unanswered.pop(parameters["requestId"], None)
            case "Page.frameNavigated":
                # Of a document that is left, not every end is told.
                loader = parameters["frame"]["loaderId"]
                left = [name for name, one in self.unanswered.items() if one[1] != loader]
                for name in left:
                    del self.unanswered[name]
            case "Log.entryAdded":
                self.complaints.append(parameters["entry"]["text"])
            case "Runtime.exceptionThrown" | "Runtime.consoleAPICalled":
                self.complaints.append(json.dumps(parameters))
            case _:
                pass
