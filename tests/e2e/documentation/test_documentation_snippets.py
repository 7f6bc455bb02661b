"""Whatever the README, the tutorial, the how-to pages and the cookbook show, runs, and gives what they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from .expected import matches
from .pages import PROGRAMS, ROOT, blocks, pages
from .reader import Reader, Surprise

PAGES = {str(path.relative_to(ROOT)): path for path in pages()}
MOST_EXCEPTIONS = 0.1
WIDEST_CODE = 88


@pytest.mark.parametrize("page", PAGES)
def test_a_page_does_what_it_shows(page: str, tmp_path: Path) -> None:
    Reader(tmp_path).read(blocks(PAGES[page].read_text()))


def test_few_blocks_are_not_run_and_each_says_why() -> None:
    programs = [block for path in PAGES.values() for block in blocks(path.read_text()) if block.language in PROGRAMS]
    exceptions = [block for block in programs if "not run" in block.options]
    assert len(exceptions) <= MOST_EXCEPTIONS * len(programs)
    assert all(block.options["not run"] for block in exceptions)


@pytest.mark.parametrize("page", [str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").rglob("*.md"))])
def test_code_fits_its_block(page: str) -> None:
    """Output may be wider, and is wrapped."""
    for block in blocks((ROOT / page).read_text()):
        code = [line for each in block.commands() for line in each.text.splitlines()]
        lines = code if block.language in ("console", "text", "") else block.text.splitlines()
        assert [line for line in lines if len(line) > WIDEST_CODE] == []


@pytest.mark.parametrize(
    "page",
    [
        "```python\nraise SystemExit(3)\n```",
        "```console\n$ armillary flow-run inspect nothing-there\n```",
        "```console\n$ python -c 'print(1)'\n2\n```",
        '```python title="a.py"\nprint("a"\n```',
        "<!-- test: background -->\n```console\n$ python -c 'print(1)'\n2\n```",
    ],
)
def test_a_page_that_is_wrong_is_noticed(page: str, tmp_path: Path) -> None:
    with pytest.raises((Surprise, SyntaxError)):
        Reader(tmp_path).read(blocks(page))


def test_a_shown_output_stands_for_outputs_of_its_form() -> None:
    names: dict[str, str] = {}
    assert matches(
        ["Run bright-falcon took 31 ms", "…", "bright-falcon  ended"], "Run a-b took 5 ms\n1\n2\na-b ended", names
    )
    assert names == {"bright-falcon": "a-b"}
    assert not matches(["bright-falcon took 31 ms"], "c-d took 5 ms", names)
    assert not matches(["2 of 3"], "3 of 3", names)
