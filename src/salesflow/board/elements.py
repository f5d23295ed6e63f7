"""HTML and SVG as trees; the standard library writes them, so escaping is never ours.

Text enters a tree through :func:`element` only, and there it is made readable. The one text that a writer of HTML does not
escape is that of ``style`` elements; those hold constants of this package and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

from salesflow.board.readable import readable

__all__ = ["as_html", "as_page", "as_svg", "element", "name_of"]

Child = Element | str | None


def element(tag: str, /, *children: Child, **attributes: str | int | None) -> Element:
    """An element.

    Args:
        tag: its name.
        *children: elements and texts, in order; ``None`` is nothing.
        **attributes: ``None`` leaves one out; ``class_`` is ``class`` and ``aria_label`` is ``aria-label``.
    """
    made = Element(
        tag,
        {
            name.rstrip("_").replace("_", "-"): readable(str(value))
            for name, value in attributes.items()
            if value is not None
        },
    )
    _fill(made, children)
    return made


def _fill(parent: Element, children: Iterable[Child]) -> None:
    last: Element | None = None
    for child in children:
        if child is None:
            continue
        if isinstance(child, str):
            if last is None:
                parent.text = (parent.text or "") + readable(child)
            else:
                last.tail = (last.tail or "") + readable(child)
        else:
            parent.append(child)
            last = child


def name_of(text: str, /, **attributes: str | int | None) -> Element:
    """What people named, isolated, so that a name of the other direction leaves its neighbors where they are."""
    return element("bdi", text, **attributes)


def as_html(root: Element) -> str:
    """A part of a page."""
    return tostring(root, encoding="unicode", method="html")


def as_page(root: Element) -> str:
    """A whole page."""
    return "<!DOCTYPE html>\n" + as_html(root) + "\n"


def as_svg(root: Element) -> str:
    """A picture that stands for itself."""
    root.set("xmlns", "http://www.w3.org/2000/svg")
    return tostring(root, encoding="unicode") + "\n"
