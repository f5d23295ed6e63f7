"""The page in a real browser: nothing is fetched, nothing fails, everybody can read it, and it fits the screen.

Chromium comes from the packages of the distribution; playwright only drives it. Skipped where one of them is missing.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pictured import a_row, board_of, every_view

from salesflow import Money
from salesflow.board import ENGLISH, HEBREW, Language, page

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="playwright drives the browser; it is in the group browser"
)
if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
LANGUAGES = pytest.mark.parametrize("language", [ENGLISH, HEBREW], ids=lambda language: language.code)
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
WIDTHS = pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 640}, {"width": 820, "height": 1180}, DESK])

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; install the package chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Language], Path]:
    """The page of every view, as a file."""
    folder = tmp_path_factory.mktemp("pages")

    def write(language: Language) -> Path:
        path = folder / f"{language.code}.html"
        if not path.exists():
            path.write_text(page(*every_view(), language=language), encoding="utf-8")
        return path

    return write


@contextmanager
def opened(browser: Browser, path: Path, *, size: dict[str, int] = DESK, scheme: str = "light") -> Iterator[Page]:
    """The file in the browser; it must be quiet and fetch nothing."""
    context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    shown = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    shown.on("console", lambda message: said.append(message.text))
    shown.on("pageerror", lambda error: said.append(str(error)))
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(path.as_uri())
    yield shown
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]


def axe() -> str:
    """The text of axe-core, which looks for what people with a screen reader, or who see little, stumble over."""
    package = importlib.util.find_spec("axe_playwright_python")
    found = None if package is None or package.origin is None else Path(package.origin).with_name("axe.min.js")
    if found is None or not found.is_file():
        pytest.skip("axe-core is missing; it comes with axe-playwright-python, in the group browser")
    return found.read_text(encoding="utf-8")


@SCHEMES
@LANGUAGES
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nobody_stumbles_over_anything(browser, written, language, scheme, size):
    with opened(browser, written(language), scheme=scheme, size=size) as shown:
        shown.evaluate(axe())
        found: dict[str, Any] = shown.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    assert len(found["passes"]) > 15, "axe looked at the page"
    assert "color-contrast" in {one["id"] for one in found["passes"]}


@WIDTHS
@LANGUAGES
def test_the_page_fits_every_screen(browser, written, language, size):
    with opened(browser, written(language), size=size) as shown:
        assert shown.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert spilling(shown) == []


def test_long_words_and_large_amounts_fit_a_phone(browser, tmp_path):
    rows = [
        a_row("x" * 300, owner="y" * 120, amount=Money("123456789012345.67", "EUR")),
        a_row("漢" * 200, id="D-2", amount=Money("9", "JPY")),
        a_row("שלום " * 40, id="D-3"),
    ]
    path = tmp_path / "long.html"
    path.write_text(page(board_of(*rows)), encoding="utf-8")
    with opened(browser, path, size=PHONE) as shown:
        assert shown.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert spilling(shown) == []


def spilling(shown: Page) -> list[str]:
    """The elements that stand out of the screen; what only a screen reader says may."""
    return shown.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(one => {
            const box = one.getBoundingClientRect();
            return !one.closest('.sf-unseen, thead') && (box.right > innerWidth + 0.5 || box.left < -0.5);
        }).map(one => one.outerHTML.slice(0, 80))"""
    )


@LANGUAGES
def test_the_keyboard_reaches_every_link_in_order_and_sees_where_it_is(browser, written, language):
    with opened(browser, written(language)) as shown:
        links = shown.evaluate("[...document.querySelectorAll('a')].map(one => one.getAttribute('href'))")
        assert links[0] == "#main"
        reached = []
        for _ in links:
            shown.keyboard.press("Tab")
            reached.append(shown.evaluate("document.activeElement.getAttribute('href')"))
            assert shown.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            assert shown.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        assert reached == links


def test_the_skip_link_leads_to_the_board(browser, written):
    with opened(browser, written(ENGLISH)) as shown:
        shown.keyboard.press("Tab")
        shown.keyboard.press("Enter")
        assert shown.evaluate("document.activeElement.id") == "main"


@LANGUAGES
def test_every_heading_is_below_the_one_that_it_belongs_to(browser, written, language):
    with opened(browser, written(language)) as shown:
        levels = shown.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => +one.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(following <= level + 1 for level, following in pairwise(levels))


def test_light_and_dark_are_two_papers_and_print_is_white(browser, written):
    papers = []
    for scheme in ("light", "dark"):
        with opened(browser, written(ENGLISH), scheme=scheme) as shown:
            papers.append(shown.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert papers == ["rgb(246, 244, 239)", "rgb(20, 23, 26)"]
    with opened(browser, written(ENGLISH), scheme="dark") as shown:
        shown.emulate_media(media="print", color_scheme="dark")
        assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert shown.evaluate("getComputedStyle(document.body).color") == "rgb(28, 32, 36)"


def test_hebrew_begins_on_the_right_and_english_on_the_left(browser, written):
    starts = {}
    for language in (ENGLISH, HEBREW):
        with opened(browser, written(language)) as shown:
            starts[language.code] = shown.evaluate(
                "[...document.querySelectorAll('.sf-column')].map(one => Math.round(one.getBoundingClientRect().left))"
            )
    assert starts["en"] == sorted(starts["en"])
    assert starts["he"] == sorted(starts["he"], reverse=True)


@SCHEMES
@LANGUAGES
def test_a_screenshot_shows_something_at_phone_and_at_desk_width(browser, written, language, scheme, tmp_path):
    taken = {}
    for name, size in (("phone", PHONE), ("desk", DESK)):
        with opened(browser, written(language), size=size, scheme=scheme) as shown:
            shown.wait_for_function("document.fonts.status === 'loaded'")
            taken[name] = shown.screenshot(path=tmp_path / f"{name}.png")
    assert all(len(picture) > 10_000 for picture in taken.values())
    assert taken["phone"] != taken["desk"]


def test_no_script_runs_even_if_one_came_in(browser, tmp_path):
    path = tmp_path / "attacked.html"
    text = page(board_of(a_row()))
    path.write_text(text.replace("</main>", "<script>document.title='owned'</script></main>"), encoding="utf-8")
    context = browser.new_context()
    shown = context.new_page()
    shown.goto(path.as_uri())
    assert shown.title() != "owned"
    context.close()


def test_a_picture_in_an_image_element_is_drawn(browser, tmp_path):
    for place, view in enumerate(every_view()):
        (tmp_path / f"{place}.svg").write_text(view.svg(language=HEBREW), encoding="utf-8")
    pictures = "".join(f'<img alt="" src="{place}.svg">' for place in range(len(every_view())))
    (tmp_path / "pictures.html").write_text(f"<!DOCTYPE html><title>Pictures</title>{pictures}", encoding="utf-8")
    context = browser.new_context()
    shown = context.new_page()
    shown.goto((tmp_path / "pictures.html").as_uri())
    sizes = shown.evaluate("[...document.images].map(one => [one.complete, one.naturalWidth, one.naturalHeight])")
    context.close()
    assert len(sizes) == len(every_view())
    assert all(complete and width > 300 and height > 100 for complete, width, height in sizes)
