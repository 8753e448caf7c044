"""What `_thread` has before anything monkey-patches it, for modules that are imported later."""

from __future__ import annotations

from _thread import get_ident, get_native_id

__all__ = ["get_ident", "get_native_id"]
