"""How the documentation is built: ``uv run --group docs sphinx-build -W -n docs docs/_build/html``.

The reference is written from the docstrings while the pages are built. A name in a docstring or a signature means what it
means in its module, so every link leads to the one place where the thing is defined.
"""

from __future__ import annotations

import ast
import builtins
import functools
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version as version_of
from pathlib import Path

from docutils import nodes
from pygments.lexers.special import TextLexer
from sphinx.addnodes import desc, desc_signature, pending_xref
from sphinx.application import Sphinx
from sphinx.ext import napoleon
from sphinx.ext.napoleon.docstring import GoogleDocstring

project = "salesflow"
author = "The salesflow contributors"
project_copyright = "The salesflow contributors"
release = version = version_of("salesflow")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton"]
exclude_patterns = ["_build", "examples/**"]
html_theme = "furo"
html_title = "salesflow"
html_static_path = ["static"]
html_css_files = ["right-to-left.css"]

myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 3

nitpick_ignore = [
    # The name that frames go by here; what it stands for belongs to narwhals, whose pages are not looked up.
    ("py:obj", "salesflow.measure.frames.engine.Frame"),
    # What stands for a part of the terms that is not given is nothing to look up.
    ("py:obj", "salesflow.deal.closing_terms.countering.UNCHANGED"),
    ("py:obj", "salesflow.deal.closing_terms.countering.Unchanged.UNCHANGED"),
]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_default_options = {"show-inheritance": True}
docstrings = napoleon.Config(
    napoleon_use_ivar=True,
    napoleon_custom_sections=[("Class attributes", "Attributes"), ("Class keywords", "Parameters")],
)

DOCS = Path(__file__).parent
SOURCES = DOCS.parent / "src"
ELSEWHERE = {
    *sys.stdlib_module_names,
    "_pytest",
    "attr",
    "attrs",
    "hypothesis",
    "icalendar",
    "msgspec",
    "narwhals",
    "pytest",
}
"""Whose names are shown without a link: nothing is looked up on the network while the pages are built."""


# What a docstring says ------------------------------------------------------------------------------------------------

SEVERAL = re.compile(r":ivar (?P<names>\w+(, \w+)+):")


def read_sections(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Arguments, attributes and errors as fields; of an attribute all text is text, whatever stands before a colon."""
    kind = "object" if what in ("attribute", "data", "property") else what
    lines[:] = _one_by_one(GoogleDocstring(lines, docstrings, app, kind, name, thing, options).lines())


def _one_by_one(lines: list[str]) -> Iterator[str]:
    """The lines, with what is said of several attributes at once said of each."""
    names: list[str] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if names and not line.startswith(" "):
            yield from (said for name in names for said in [f":ivar {name}:{block[0]}", *block[1:]])
            names = []
        several = SEVERAL.match(line)
        if several is not None:
            names, block = several["names"].split(", "), [line[several.end() :]]
        elif names:
            block.append(line)
        else:
            yield line


# What a name means ----------------------------------------------------------------------------------------------------


@functools.cache
def _source_of(module: str) -> Path | None:
    path = SOURCES.joinpath(*module.split("."))
    return next((one for one in (path / "__init__.py", path.with_suffix(".py")) if one.is_file()), None)


@functools.cache
def _names_in(module: str) -> dict[str, str]:
    """Each name that a module imports or defines, with where it comes from; type variables come from ``typing``."""
    source = _source_of(module)
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(source.read_text("utf-8"))) if source is not None else ():
        match node:
            case ast.ImportFrom(module=str() as origin):
                found |= {alias.asname or alias.name: f"{origin}.{alias.name}" for alias in node.names}
            case ast.Import():
                found |= {alias.asname or alias.name: alias.name for alias in node.names}
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id=made))) if "TypeVar" in made:
                found[name] = "typing.TypeVar"
            case ast.Module():
                found |= {name: f"{module}.{name}" for name in _defined(node)}
    return found


def _defined(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def _home(name: str, module: str | None = None) -> str:
    """Where the thing of that dotted name is defined, as far as that can be followed."""
    first, _, rest = name.partition(".")
    meant = _names_in(module).get(first) if module else None
    if meant is not None:
        name = f"{meant}.{rest}" if rest else meant
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        owner = ".".join(parts[:end])
        if _source_of(owner) is not None:
            origin = _names_in(owner).get(parts[end], "")
            if origin and origin != ".".join(parts[: end + 1]):
                return _home(".".join([origin, *parts[end + 1 :]]))
            break
    return name


def _is_elsewhere(name: str) -> bool:
    first, _, rest = name.partition(".")
    return first in ELSEWHERE or (not rest and hasattr(builtins, name)) or rest.rpartition(".")[2].startswith("_")


def link_names(_app: Sphinx, doctree: nodes.document) -> None:
    """Give each reference the full name of what it means; one to something outside or private is text."""
    for reference in list(doctree.findall(pending_xref)):
        if reference.get("refdomain") != "py":
            continue
        target = reference["reftarget"]
        homes = (_home(target, module) for module in _modules_around(reference))
        meant = next((home for home in homes if home != target), _home(target))
        if _is_elsewhere(meant):
            reference.replace_self(reference.children)
        elif "." in meant:
            reference["reftarget"], reference["reftype"] = meant, "obj"  # a type may be an alias, which is data


def _modules_around(reference: nodes.Node) -> Iterator[str]:
    """Where the names of a reference may come from: its module, and those of the classes that its class derives from."""
    inside: nodes.Node | None = reference
    while inside is not None and not isinstance(inside, desc):
        inside = inside.parent
    said = None if inside is None else next(inside.findall(desc_signature), None)
    if said is None or "module" not in said:
        yield from filter(None, [reference.get("py:module")])
        return
    yield said["module"]
    described = getattr(sys.modules[said["module"]], said["fullname"].partition(".")[0], None)
    yield from (base.__module__ for base in getattr(described, "__mro__", ()))


def show_public_bases(_app: Sphinx, _name: str, _class: type, _options: object, bases: list[object]) -> None:
    """In the place of a base that is private, its own bases."""
    bases[:] = [shown for base in bases for shown in _public(base)]


def _public(base: object) -> Iterator[object]:
    plain = getattr(base, "__origin__", base)
    if not getattr(plain, "__name__", "").startswith("_"):
        yield base
        return
    for parent in getattr(plain, "__orig_bases__", plain.__bases__):
        if parent is not object and getattr(parent, "__origin__", parent).__name__ not in ("Generic", "Protocol"):
            yield from _public(parent)


# The pages of the reference -------------------------------------------------------------------------------------------


def _write_reference() -> None:
    """One page for each room of the library, with every module in it."""
    pages = DOCS / "reference" / "api"
    pages.mkdir(exist_ok=True)
    rooms: dict[str, list[str]] = {}
    for path in sorted((SOURCES / "salesflow").rglob("*.py")):
        parts = path.relative_to(SOURCES).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if not any(part.startswith("_") for part in parts):
            rooms.setdefault(_room(parts), []).append(".".join(parts))
    for room, modules in rooms.items():
        text = "\n".join([f"# {room}", "", *(line for module in modules for line in _section(module))])
        page = pages / f"{room}.md"
        if not page.exists() or page.read_text("utf-8") != text:
            page.write_text(text, "utf-8")


def _room(parts: tuple[str, ...]) -> str:
    return parts[1] if SOURCES.joinpath(*parts[:2]).is_dir() and len(parts) > 1 else "salesflow"


def _section(module: str) -> Iterator[str]:
    source = _source_of(module)
    is_package = source is not None and source.name == "__init__.py"
    homes = {name: _home(f"{module}.{name}") for name in sorted(_public_names(module))} if is_package else {}
    own = [name for name, home in homes.items() if home == f"{module}.{name}"]
    yield from (f"## {module}", "", "```{eval-rst}", f".. automodule:: {module}")
    if own or not is_package:
        yield f"   :members: {', '.join(own)}".rstrip()
    yield from ("```", "")
    elsewhere = [f"{{py:obj}}`{name} <{home}>`" for name, home in homes.items() if name not in own]
    if elsewhere:
        yield from (f"Names to import from here: {', '.join(elsewhere)}", "")


def _public_names(module: str) -> Iterator[str]:
    """What ``__all__`` of a module lists."""
    source = _source_of(module)
    for node in ast.parse(source.read_text("utf-8")).body if source is not None else ():
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names)):
                yield from (name.value for name in names if isinstance(name, ast.Constant))


_write_reference()


def turn_around(_app: Sphinx, page: str, _template: str, context: dict[str, object], _doctree: object) -> None:
    """The body of a page in Hebrew, whose name begins with ``he-``, runs from right to left."""
    if page.rpartition("/")[2].startswith("he-"):
        context["body"] = f'<div dir="rtl" lang="he">{context["body"]}</div>'


def setup(app: Sphinx) -> None:
    """Mermaid text is shown as it is: pages load nothing from elsewhere."""
    app.add_lexer("mermaid", TextLexer)
    app.connect("autodoc-process-docstring", read_sections)
    app.connect("doctree-read", link_names)
    app.connect("autodoc-process-bases", show_public_bases)
    app.connect("html-page-context", turn_around)
