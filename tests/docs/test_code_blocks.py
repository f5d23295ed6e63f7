"""Every Python block of the README and of the docs runs, and prints what the page says that it prints.

The blocks of one page run in order in one namespace, as a reader would type them. A ``text`` block right behind a Python
block is what that prints. A block that cannot run stands behind ``<!-- not run: reason -->``. One that needs an interpreter
of its own, and a package that may be missing, stands behind ``<!-- runs alone, with: package -->``.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import FENCE, PAGES, ROOT, Block, blocks


def runs(page: Path, text: str) -> Iterator[tuple[Block, str, str | None]]:
    """Run the Python blocks of a page; for each what it printed, and what the page says that it prints."""
    namespace: dict[str, object] = {"__name__": page.stem}
    found = blocks(text)
    for block, following in zip(found, [*found[1:], None], strict=True):
        if block.language != "python" or block.excused is not None:
            continue
        if block.alone_with is not None and importlib.util.find_spec(block.alone_with) is None:
            continue
        printed = run_alone(block) if block.alone_with is not None else run_here(page, block, namespace)
        shown = following is not None and following.language == "text" and not following.before.strip()
        yield block, printed, following.body if shown and following else None


def run_here(page: Path, block: Block, namespace: dict[str, object]) -> str:
    code = compile("\n" * (block.line - 1) + block.body, str(page), "exec", dont_inherit=True)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, namespace)
    return printed.getvalue()


def run_alone(block: Block) -> str:
    done = subprocess.run([sys.executable, "-c", block.body], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def pages_with_code() -> list[Path]:
    return [page for page in PAGES if any(block.language == "python" for block in blocks(page.read_text("utf-8")))]


@pytest.mark.parametrize("page", pages_with_code(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_does_what_it_says(page: Path) -> None:
    for block, printed, said in runs(page, page.read_text("utf-8")):
        if said is not None:
            assert printed.rstrip() == said.rstrip(), f"the block on line {block.line} prints something else"


def test_the_readme_shows_the_library_at_work() -> None:
    assert any(block.language == "python" for block in blocks((ROOT / "README.md").read_text("utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_is_not_run_says_why(page: Path) -> None:
    for block in blocks(page.read_text("utf-8")):
        assert block.excused != "", f"line {block.line} gives no reason"
        assert block.language, f"the block on line {block.line} names no language"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_to_a_page_leads_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text("utf-8"))
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []


# The test itself ------------------------------------------------------------------------------------------------------

PAGE = """
```python
deals = 2
```

More.

```python
print(deals + 1)
```

```text
3
```

<!-- not run: it needs a database -->
```python
raise RuntimeError
```
"""


def test_blocks_share_what_they_define_and_show_what_they_print() -> None:
    assert [(printed, said) for _, printed, said in runs(Path("page.md"), PAGE)] == [("", None), ("3\n", "3\n")]


def test_a_block_that_fails_is_found_on_its_line() -> None:
    with pytest.raises(ZeroDivisionError) as failed:
        list(runs(Path("page.md"), "Text.\n\n```python\nfine = 1\n1 / 0\n```\n"))
    assert failed.traceback[-1].lineno == 4


def test_an_excuse_belongs_to_the_next_block_only() -> None:
    first, second = blocks("<!-- not run: slow -->\n```python\n1\n```\n\n```python\n2\n```\n")
    assert (first.excused, second.excused) == ("slow", None)


def test_a_block_alone_shares_nothing_and_is_held_to_what_it_prints() -> None:
    page = "```python\nshared = 1\n```\n<!-- runs alone, with: json -->\n```python\nprint('shared' in globals())\n```\n```text\nFalse\n```\n"
    assert [(printed, said) for _, printed, said in runs(Path("page.md"), page)] == [("", None), ("False\n", "False\n")]


def test_a_block_whose_package_is_missing_is_passed_over() -> None:
    page = "<!-- runs alone, with: no_such_package -->\n```python\nraise RuntimeError\n```\n"
    assert list(runs(Path("page.md"), page)) == []
