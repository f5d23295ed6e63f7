"""How the documentation is built: ``uv run --group docs sphinx-build -W -n docs docs/_build/html``."""

from __future__ import annotations

from importlib.metadata import version as version_of
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "salesflow"
author = "The salesflow contributors"
copyright = "The salesflow contributors"
release = version = version_of("salesflow")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["_build", "examples/**", "images/**"]
html_theme = "furo"
html_title = "salesflow"
html_static_path: list[str] = []

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_default_options = {"members": True, "show-inheritance": True}
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

nitpick_ignore_regex = [
    # Nothing outside is looked up while the pages are built: the standard library, and type variables.
    (r"py:.*", r"(collections|datetime|decimal|enum|typing|types|zoneinfo|functools|abc|re|contextlib)\..*"),
    (r"py:.*", r"(attrs|attr|transitions|hypothesis|pytest|icalendar|narwhals|msgspec)\..*"),
    (r"py:class", r"(.*\.)?_?[A-Z][A-Za-z]{0,9}(_co|_contra)?"),
    (r"py:(class|obj|exc|data|func|meth|attr)", r"[a-z_ ]+|.*[ ,'`:()\[\]].*"),
]


def _write_reference(root: Path) -> None:
    """One page for each room of the library, with every module in it, from the docstrings."""
    pages = root / "docs" / "reference" / "api"
    pages.mkdir(exist_ok=True)
    sources = root / "src" / "salesflow"
    rooms: dict[str, list[str]] = {}
    for path in sorted(sources.rglob("*.py")):
        parts = path.relative_to(sources).with_suffix("").parts
        if any(part.startswith("_") and part != "__init__" for part in parts) or parts == ("__init__",):
            continue
        module = ".".join(("salesflow", *(part for part in parts if part != "__init__")))
        rooms.setdefault(parts[0] if len(parts) > 1 else "salesflow", []).append(module)
    for room, modules in rooms.items():
        lines = [f"# {room}", ""]
        for module in modules:
            lines += [f"## {module}", "", "```{eval-rst}", f".. automodule:: {module}", "```", ""]
        (pages / f"{room}.md").write_text("\n".join(lines), encoding="utf-8")


_write_reference(Path(__file__).parents[1])


def setup(app: Sphinx) -> None:
    """Mermaid text is shown as it is: pages load nothing from elsewhere."""
    app.add_lexer("mermaid", TextLexer)
