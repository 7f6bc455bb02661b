"""Writes docs/settings.md from the table of settings; with --check it fails when the page says something else."""

from __future__ import annotations

import sys
from pathlib import Path

from armillary.settings import PREFIX, SETTINGS

PAGE = Path(__file__).resolve().parent.parent / "docs/settings.md"
HEAD = """# Settings

The environment wins over the active profile, the profile over the default. `armillary config view --show-sources` shows which counts.

```bash
armillary config set ARMILLARY_LOGGING_LEVEL=DEBUG     # in the active profile
ARMILLARY_LOGGING_LEVEL=DEBUG python flow.py            # once
armillary profile create quiet && armillary profile use quiet
```

| setting | default | |
|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    rows = (
        f"| `{PREFIX}{each.name}` | {f'`{each.default}`' if each.default else '—'} | {each.meaning} |\n"
        for each in SETTINGS.values()
    )
    return HEAD + "".join(rows)


if __name__ == "__main__":
    if "--check" in sys.argv:
        if PAGE.read_text() != page():
            sys.exit(f"{PAGE} is out of date: run {sys.argv[0]} without --check.")
    else:
        PAGE.write_text(page())
