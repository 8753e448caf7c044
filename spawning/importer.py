"""From the name that a user typed to the object that it names.

`mod.app`, `mod:app`, `mod:make()`, or just `mod`, whose `application` or `app`
is taken.  A name that is wrong raises ApplicationNotFound with the closest that
exists; an import that fails inside raises what it raised.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from spawning.errors import ApplicationNotFound, did_you_mean

USUAL_NAMES = ("application", "app")


def load(name: str) -> Any:
    """Return the object that `name` names, importing and calling as it says."""
    path, called = (name[:-2], True) if name.endswith("()") else (name, False)
    module, _, attribute = path.partition(":")
    parts = [*module.split("."), *(attribute.split(".") if ":" in path else ())]
    if not all(part.isidentifier() for part in parts):
        raise ApplicationNotFound(
            f"'{name}' is not the name of an application",
            "type mod.app, mod:app or mod:make()",
        )
    module_name, colon, attributes = path.partition(":")
    if colon:
        found: Any = _attribute(_module(module_name, name), attributes, name)
    else:
        found = _dotted(path, name)
    if called:
        return found()
    if not callable(found):
        raise ApplicationNotFound(
            f"'{name}' is a {type(found).__name__}, which cannot be called as an application"
        )
    return found


def _dotted(path: str, name: str) -> Any:
    """Return what a path with dots only names: a module, or something inside one."""
    if _exists(path):
        module = _module(path, name)
        for usual in USUAL_NAMES:
            if hasattr(module, usual):
                return getattr(module, usual)
        raise ApplicationNotFound(
            f"the module '{path}' holds no 'application' and no 'app'",
            f"name it: {path}:the_name",
        )
    parent, _, attribute = path.rpartition(".")
    while parent and not _exists(parent):
        parent, _, earlier = parent.rpartition(".")
        attribute = f"{earlier}.{attribute}"
    if not parent:
        raise _no_module(path.partition(".")[0], name)
    return _attribute(_module(parent, name), attribute, name)


def _exists(module: str) -> bool:
    """Return whether there is a module of that name; imports its parents, as Python must."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError as error:
        # `a.b.c` where `a` is no package; anything else failed inside and is the user's to see.
        if error.name and (module == error.name or module.startswith(f"{error.name}.")):
            return False
        raise
    except ValueError:
        return True  # loaded, without a spec: __main__ or made by hand


def _module(module: str, name: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name and (module == error.name or module.startswith(f"{error.name}.")):
            raise _no_module(error.name, name) from None
        raise


def _attribute(module: ModuleType, attributes: str, name: str) -> Any:
    found: Any = module
    for attribute in attributes.split("."):
        if not hasattr(found, attribute):
            names = [known for known in dir(found) if not known.startswith("_")]
            names += [submodule.name for submodule in _inside(found)]
            raise ApplicationNotFound(
                f"there is no '{attribute}' in {getattr(module, '__file__', None) or module}"
                f" (looked for '{name}')",
                did_you_mean(attribute, names),
            )
        found = getattr(found, attribute)
    return found


def _inside(package: Any) -> list[pkgutil.ModuleInfo]:
    """Return the modules of a package, none of anything else."""
    folders = getattr(package, "__path__", ()) if isinstance(package, ModuleType) else ()
    return list(pkgutil.iter_modules(folders)) if folders else []


def _no_module(missing: str, name: str) -> ApplicationNotFound:
    here = Path.cwd()
    parent = missing.rpartition(".")[0]
    if parent:  # which is there, or it would be the one that is missing
        known = [f"{parent}.{module.name}" for module in _inside(sys.modules.get(parent))]
    else:
        known = [module.name for module in pkgutil.iter_modules([str(here)])]
    hint = did_you_mean(missing, known) or "is this the right folder?"
    return ApplicationNotFound(
        f"there is no module '{missing}' in {here} or among the installed packages"
        f" (looked for '{name}')",
        hint,
    )
