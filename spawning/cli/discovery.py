"""Which application is meant where none is named: found in the source, never by importing.

Tried in this order, in the current folder, which is the one that is importable:
1. `app.py`, then `wsgi.py`: the `application` or `app` in it, or its one factory,
   `create_app()` or `make_app()`.
2. `manage.py` of Django: the settings that it names, there WSGI_APPLICATION, or
   the `wsgi.py` of their package.

Folders below, `src` among them, are not searched: what is found there would not
be importable by the name that it was found under.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from spawning.errors import UsageError

Read = Callable[[str], str | bytes | None]
"""Returns the source of a file by its path in the folder, None where there is none."""

FILES = ("app.py", "wsgi.py")
NAMES = ("application", "app")
FACTORIES = ("create_app", "make_app")
SETTINGS = "DJANGO_SETTINGS_MODULE"
EXAMPLE = "type for example: spawn my_module.my_wsgi_app"


class Found(NamedTuple):
    """An application."""

    name: str
    """As the user would have typed it."""
    reason: str


def discover(read: Read, environ: Mapping[str, str]) -> Found:
    """Return the application of a folder; raises UsageError, which says what was tried."""
    tried = []
    for file in FILES:
        answer = _in_module(file, read(file))
        if isinstance(answer, Found):
            return answer
        tried.append(answer)
    answer = _of_django(read, environ)
    if isinstance(answer, Found):
        return answer
    raise UsageError(
        f"no application is named, and none is found here: {', '.join((*tried, answer))}", EXAMPLE
    )


def _in_module(file: str, source: str | bytes | None) -> Found | str:
    """Return what a file defines, or why that is no application."""
    if source is None:
        return f"no {file}"
    module = file.removesuffix(".py")
    tree = _parsed(source)
    if tree is None:
        # Whoever imports it says what is wrong, and where.
        return Found(module, f"{file}, whose syntax is wrong")
    bound = dict(_bound(tree.body))
    for name in NAMES:
        if name in bound:
            return Found(f"{module}:{name}", f"{file}: {name}")
    factories = [name for name in FACTORIES if bound.get(name, False)]
    if len(factories) == 1:
        return Found(f"{module}:{factories[0]}()", f"{file}: {factories[0]}()")
    if factories:
        return f"{file} has both {' and '.join(FACTORIES)}"
    return f"{file} has no {', '.join((*NAMES, *FACTORIES))}"


def _of_django(read: Read, environ: Mapping[str, str]) -> Found | str:
    source = read("manage.py")
    if source is None:
        return "no manage.py"
    tree = _parsed(source)
    settings = environ.get(SETTINGS) or (_default_settings(tree) if tree else "")
    if not settings:
        return f"manage.py names no {SETTINGS}"
    path = settings.replace(".", "/")
    text = read(f"{path}.py") or read(f"{path}/__init__.py")
    tree = _parsed(text) if text else None
    named = _assigned(tree, "WSGI_APPLICATION") if tree else ""
    if named:
        return Found(named, f"manage.py: {settings}: WSGI_APPLICATION")
    package = settings
    while package := package.rpartition(".")[0]:
        wsgi = f"{package.replace('.', '/')}/wsgi.py"
        if read(wsgi) is not None:
            return Found(f"{package}.wsgi", f"manage.py: {settings}: {wsgi}")
    return f"manage.py names {settings}, which has no WSGI_APPLICATION"


def _parsed(source: str | bytes) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _bound(body: list[ast.stmt]) -> Iterator[tuple[str, bool]]:
    """Yield each name that a module binds, and whether it can be called without arguments."""
    for node in body:
        match node:
            case ast.FunctionDef(name=name):
                yield name, _needs_nothing(node.args)
            case ast.ClassDef(name=name):
                yield name, False
            case ast.ImportFrom(names=names):  # what `import` binds is a module
                for alias in names:
                    yield alias.asname or alias.name, True
            case ast.Assign(targets=targets):
                for target in targets:
                    yield from ((name, True) for name in _names(target))
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                yield name, True
            case ast.If(test=test, body=then, orelse=otherwise):
                yield from _bound(otherwise if _is_main(test) else [*then, *otherwise])
            case ast.Try(body=then, handlers=handlers, orelse=otherwise, finalbody=final):
                inside = [statement for handler in handlers for statement in handler.body]
                yield from _bound([*then, *inside, *otherwise, *final])
            case ast.With(body=then):
                yield from _bound(then)
            case _:
                pass


def _needs_nothing(arguments: ast.arguments) -> bool:
    positional = [*arguments.posonlyargs, *arguments.args]
    return len(positional) <= len(arguments.defaults) and None not in arguments.kw_defaults


def _names(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            for each in targets:
                yield from _names(each)
        case _:
            pass


def _is_main(test: ast.expr) -> bool:
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")


def _assigned(tree: ast.Module, name: str) -> str:
    """Return the text that is assigned to a name, empty where there is none."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Constant(value=str(text))):
                if found == name:
                    return text
            case _:
                pass
    return ""


def _default_settings(tree: ast.Module) -> str:
    """Return the settings module that a manage.py sets unless the environment has one."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="setdefault"),
                args=[ast.Constant(value=name), ast.Constant(value=str(text))],
            ) if name == SETTINGS:
                return text
            case ast.Assign(
                targets=[ast.Subscript(slice=ast.Constant(value=name))],
                value=ast.Constant(value=str(text)),
            ) if name == SETTINGS:
                return text
            case _:
                pass
    return ""
