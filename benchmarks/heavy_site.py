"""Writes the heavy site: Flask with numpy, pandas, SQLAlchemy and 150 first-party modules.

Generated and not checked in, since nobody would read it; equal on every machine.  Which module
imports which is decided in `heavy_names`, what they hold in the templates under sites/heavy: the
functions, classes, dataclasses, enumerations, models, tables in memory and blueprints that a
project of that size has.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from heavy_names import DOMAIN, MIDDLE, NARROW, PACKAGE, STOREYS, WEB, WIDE, imports

TEMPLATES = Path(__file__).resolve().parent / "sites" / "heavy"
MODEL_EVERY = 2
"""So many modules of the domain for each that has models: 20 of 40."""
MODEL_IMPORTS = """\
from shop.database import Base
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship"""


def write(folder: Path) -> None:
    """Write the site into `folder`, which exists."""
    package = folder / PACKAGE
    for path in (package, *(package / storey for storey in STOREYS)):
        path.mkdir()
        (path / "__init__.py").touch()
    for number, (name, imported) in enumerate(imports().items()):
        storey, _, module = name.partition(".")
        text = _module(storey, module, number, imported)
        (package / storey / f"{module}.py").write_text(text)
    words = {
        "imports": "\n".join(f"from {PACKAGE}.web import {name}" for name in WEB),
        "names": ", ".join(WEB),
    }
    for role, path in {"middle": MIDDLE, "leaf": NARROW, "wide": WIDE}.items():
        storey, _, words[role] = path.partition(".")
        words[f"{role}_package"] = f"{PACKAGE}.{storey}"
    for module in ("database", "factory", "home", "wsgi"):
        (package / f"{module}.py").write_text(_filled(module, words))


def _module(storey: str, name: str, number: int, imported: tuple[str, ...]) -> str:
    first, second = ([path.partition(".")[2] for path in imported] + ["", ""])[:2]
    lines = [f"from {PACKAGE}.{path.replace('.', ' import ')}" for path in sorted(imported)]
    has_models = storey == "domain" and DOMAIN.index(name) % MODEL_EVERY == 0
    if has_models:
        lines.append(MODEL_IMPORTS)
    words = {
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "camel": "".join(word.capitalize() for word in name.split("_")),
        "imports": "\n".join(lines),
        "first": first,
        "second": second,
        "number": str(10 + number % 20),
        "day": str(1 + number % 28),
        "digits": str(number % 4),
    }
    return _filled(storey, words) + (_filled("models", words) if has_models else "")


def _filled(template: str, words: dict[str, str]) -> str:
    return Template((TEMPLATES / f"{template}.tmpl").read_text()).substitute(words)
