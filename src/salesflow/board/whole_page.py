"""The page: views one below the other in one HTML file that needs nothing else.

No script, no address outside the page, and a content policy that would stop both if they ever came in. It can be read
with the keyboard and by a screen reader, follows the reader's choice of light or dark, and prints.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from salesflow.board.elements import as_page, element, name_of
from salesflow.board.labels import Label
from salesflow.board.language import ENGLISH, Language
from salesflow.board.palette import DARK, LIGHT
from salesflow.board.styles import PAGE_STYLE
from salesflow.board.view import View
from salesflow.errors import InvalidValue, WrongType

__all__ = ["page"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def page(*views: View, title: str | None = None, note: str | None = None, language: Language = ENGLISH) -> str:
    """One self-contained HTML page.

    Args:
        *views: what is on it, in this order.
        title: what it is called; the subject of the first view where it is not given.
        note: what stands below the title; the moment of the first view that has one where it is not given.
        language: what it is written in.

    Returns:
        The page as text; write it as UTF-8.

    Raises:
        InvalidValue: there is nothing to show.
        WrongType: something is no view.

    Example::

        Path("board.html").write_text(page(board, funnel, title="Monday"), encoding="utf-8")
    """
    if not views:
        raise InvalidValue("a page shows something", field="views", value=views, way_out="give pipeline_board(...)")
    for view in views:
        if not isinstance(view, View):
            raise WrongType("a page shows views", field="views", value=view, way_out="give pipeline_board(...)")
    heading = views[0].subject(language) if title is None else title
    root = element(
        "html",
        _head(heading),
        _body(views, heading, _as_of(views, language) if note is None else note, language),
        lang=language.code,
        dir=language.direction,
    )
    return as_page(root)


def _head(heading: str) -> Element:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="theme-color", content=LIGHT.paper, media="(prefers-color-scheme: light)"),
        element("meta", name="theme-color", content=DARK.paper, media="(prefers-color-scheme: dark)"),
        element("meta", **{"http-equiv": "Content-Security-Policy"}, content=_POLICY),
        element("link", rel="icon", href="data:,"),
        element("title", heading),
        element("style", PAGE_STYLE),
    )


def _body(views: tuple[View, ...], heading: str, note: str, language: Language) -> Element:
    main = element("main", class_="sf-main", id="main", tabindex="-1")
    links = element("ul")
    for number, view in enumerate(views, 1):
        section = view.section(language)
        section.set("id", f"section-{number}")
        main.append(section)
        links.append(element("li", element("a", name_of(view.title(language)), href=f"#section-{number}")))
    return element(
        "body",
        element("a", language.label(Label.SKIP), class_="sf-skip", href="#main"),
        element(
            "header",
            element("h1", name_of(heading)),
            element("p", note, class_="sf-quiet") if note else None,
            element("nav", links, aria_label=language.label(Label.SECTIONS)) if len(views) > 1 else None,
            class_="sf-head",
        ),
        main,
        class_="sf",
    )


def _as_of(views: tuple[View, ...], language: Language) -> str:
    shown_at = next((view.shown_at for view in views if view.shown_at is not None), None)
    return "" if shown_at is None else language.label(Label.AS_OF, moment=language.moment(shown_at))
