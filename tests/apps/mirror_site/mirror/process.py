"""What can be seen of this process, from within and in /proc, as JSON can hold it."""

import asyncio
import atexit
import faulthandler
import gc
import locale
import logging
import multiprocessing
import os
import re
import resource
import signal
import socket
import sys
import threading
import warnings

from mirror import startup, tables


def report(app):
    return {
        "modules": {name: _file_of(module) for name, module in sorted(sys.modules.items())},
        "flask": [[rule.rule, rule.endpoint] for rule in app.url_map.iter_rules()],
        "ticks": startup.TICKS,
        "tables": [[str(c) for c in t.columns] for t in tables.metadata.tables.values()],
        "django": _django(),
        "signals": {n.name: _name_of(signal.getsignal(n)) for n in sorted(signal.valid_signals(), key=int) if isinstance(n, signal.Signals)},
        "mask": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, ()))),
        "timers": [signal.getitimer(which) for which in (signal.ITIMER_REAL, signal.ITIMER_PROF)],
        "status": [_status("/proc/thread-self/status"), _status("/proc/self/status")],
        "limits": [resource.getrlimit(n) for n in range(16)],
        "descriptors": _descriptors(),
        "inheritable": [n for n in _numbers() if os.get_inheritable(n)],
        "threads": _threads(),
        "main": [getattr(sys.modules["__main__"], n, None) for n in ("__file__", "__name__", "__package__")] + [sys.modules["__main__"].__spec__.origin],
        "argv": sys.argv[:1],
        "orig_argv": sys.orig_argv[:-1],
        "path": sys.path,
        "ways": [[_type(x) for x in ways] for ways in (sys.meta_path, sys.path_hooks)],
        "hooks": [_name_of(getattr(sys, n)) for n in ("excepthook", "displayhook", "breakpointhook", "unraisablehook")] + [_name_of(threading.excepthook), str(sys.gettrace()), str(sys.getprofile())],
        "folder": os.getcwd(),
        "environ": dict(os.environ),
        "group": [os.getpgrp() == os.getpgid(os.getppid()), os.getsid(0) == os.getsid(os.getppid())],
        "parent": open(f"/proc/{os.getppid()}/cmdline").read().split("\0")[0],
        "logging": _logging(),
        "atexit": atexit._ncallbacks(),
        "multiprocessing": _multiprocessing(),
        # Python 3.12 freezes some hundred objects of its own, which no fork brings back.
        "gc": [gc.isenabled(), gc.get_threshold(), gc.get_debug(), gc.get_freeze_count() > 1000],
        "flags": [str(sys.flags), sorted(sys._xoptions.items()), sys.warnoptions, sys.dont_write_bytecode],
        "numbers": [sys.getrecursionlimit(), sys.getswitchinterval(), socket.getdefaulttimeout(), os.nice(0)],
        "locale": [locale.setlocale(locale.LC_ALL), sys.getfilesystemencoding()],
        "warnings": [_filter(f) for f in warnings.filters],
        "streams": [_stream(s) for s in (sys.stdin, sys.stdout, sys.stderr, sys.__stdin__, sys.__stdout__, sys.__stderr__)],
        "same streams": [sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__],
        "asyncio": _type(asyncio.get_event_loop_policy()),
        "faulthandler": faulthandler.is_enabled(),
        "forked": _forked(),
        "death": _prctl(2),
        "subreaper": _prctl(37),
        "timer slack": open("/proc/self/timerslack_ns").read().split(),
        "oom": open("/proc/self/oom_score_adj").read().split(),
        "title": re.sub(r"\d+", "N", open("/proc/self/cmdline").read().strip("\0 ")),
        "comm": re.sub(r"\d+", "N", open("/proc/self/comm").read().strip()),
    }


def _file_of(module):
    return getattr(module, "__file__", None) or ""


def _type(thing):
    kind = thing if isinstance(thing, type) else type(thing)
    return f"{kind.__module__}.{kind.__qualname__}"


def _name_of(thing):
    if callable(thing) and not isinstance(thing, signal.Handlers):
        return f"{thing.__module__}.{getattr(thing, '__qualname__', type(thing))}"
    return str(thing)


def _django():
    from django.apps import apps
    from django.core import signals
    from django.db.models import signals as of_models
    from django.urls import get_resolver

    return {
        "apps": [config.label for config in apps.get_app_configs()],
        "models": [model._meta.label for model in apps.get_models()],
        "urls": list(get_resolver().reverse_dict),
        "receivers": {
            name: len(one.receivers)
            for module in (signals, of_models)
            for name, one in vars(module).items()
            if hasattr(one, "receivers")
        },
    } | {"urls": sorted(str(key) for key in get_resolver().reverse_dict if isinstance(key, str))}


def _status(path):
    wanted = ("SigBlk", "SigIgn", "SigCgt", "NoNewPrivs", "Seccomp", "Threads", "Umask", "CapEff", "Groups", "Uid", "Gid")
    with open(path) as file:
        return {n: v.strip() for n, _, v in (line.partition(":") for line in file) if n in wanted}


def _numbers():
    return [int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}") or os.path.islink(f"/proc/self/fd/{name}")]


def _descriptors():
    links = []
    for number in _numbers():
        try:
            links.append(re.sub(r"\[\d+\]|/proc/\d+", "", os.readlink(f"/proc/self/fd/{number}")))
        except OSError:
            pass
    return sorted(links)


def _threads():
    main = threading.main_thread()
    return {
        "names": sorted(re.sub(r"\d+", "N", thread.name) for thread in threading.enumerate()),
        "main is": [main.name, main.ident is not None, main.native_id == os.getpid(), main.is_alive(), main.daemon],
        "native": len(os.listdir("/proc/self/task")),
        "frames": len(sys._current_frames()),
    }


def _logging():
    root = logging.getLogger()
    named = {name: one for name, one in logging.Logger.manager.loggerDict.items() if isinstance(one, logging.Logger)}
    return {
        name: [one.level, one.propagate, one.disabled, [str(handler) for handler in one.handlers]]
        for name, one in {"": root, **named}.items()
    } | {"records": logging.LogRecord("a", 0, "b", 0, "c", (), None).processName}


def _multiprocessing():
    current = multiprocessing.current_process()
    return [
        multiprocessing.get_start_method(allow_none=True),
        current.name,
        current.pid == os.getpid(),
        current.daemon,
        str(multiprocessing.parent_process()),
        len(multiprocessing.active_children()),
    ]


def _filter(one):
    action, message, category, module, line = one
    return [action, getattr(message, "pattern", message), category.__name__, getattr(module, "pattern", module), line]


def _stream(stream):
    if stream is None:
        return None
    return [stream.fileno(), stream.isatty(), stream.encoding, stream.errors, stream.line_buffering, stream.write_through, stream.name, stream.mode, _type(stream), _type(stream.buffer), _type(stream.buffer.raw) if hasattr(stream.buffer, "raw") else ""]


def _forked():
    """What a process inherits that is forked in the way of C, past Python's own hooks."""
    import subprocess

    ran = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True, check=True)
    status = {n: v.strip() for n, _, v in (line.partition(":") for line in ran.stdout.splitlines())}
    listed = subprocess.run(["ls", "/proc/self/fd"], capture_output=True, text=True, check=True)
    return [{n: status[n] for n in ("SigBlk", "SigIgn", "SigCgt", "Threads", "Umask")}, listed.stdout.split()]


def _prctl(option):
    import ctypes

    value = ctypes.c_int(-1)
    ctypes.CDLL(None).prctl(option, ctypes.byref(value), 0, 0, 0)
    return value.value
