"""Writes the Django site: a project with the admin, REST framework and a migrated database.

The project and the application `core` are checked in under sites/django; four applications of
three models each, with their admin, serializers, view sets and routes, come from the templates
under sites/django_app.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from string import Template

FOLDER = Path(__file__).resolve().parent / "sites"
APPLICATIONS = {
    # An application and its models; the last is the model of another that its lines refer to.
    "catalog": ("Product", "Variant", "Remark", ""),
    "customers": ("Customer", "Address", "Contact", ""),
    "orders": ("Order", "OrderLine", "OrderEvent", "catalog.Product"),
    "reviews": ("Review", "Answer", "Complaint", "customers.Customer"),
}


def write(folder: Path) -> None:
    """Write the site into `folder`, which exists, and migrate its database."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(FOLDER / "django", folder, ignore=ignored, dirs_exist_ok=True)
    for app, models in APPLICATIONS.items():
        migrations = folder / app / "migrations"
        migrations.mkdir(parents=True)
        (folder / app / "__init__.py").touch()
        (migrations / "__init__.py").touch()
        words = _words(app, *models)
        for template in sorted((FOLDER / "django_app").glob("*.tmpl")):
            text = Template(template.read_text()).substitute(words)
            (folder / app / f"{template.stem}.py").write_text(text)
    for command in ("makemigrations", "migrate"):
        environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        manage = [sys.executable, "manage.py", command, "--verbosity", "0"]
        subprocess.run(manage, cwd=folder, env=environ, check=True)


def _words(app: str, head: str, line: str, note: str, foreign: str) -> dict[str, str]:
    other, _, model = foreign.partition(".")
    return {
        "app": app,
        "app_class": app.capitalize(),
        "head": head,
        "line": line,
        "note": note,
        "foreign_import": f"from {other}.models import {model}\n" if other else "",
        "foreign_field": f"subject = models.ForeignKey({model}, models.PROTECT)" if other else "",
    }
