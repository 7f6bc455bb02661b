"""What the README promises at first sight."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.usefixtures("home")
def test_the_ten_lines_of_the_readme_run(tmp_path: Path) -> None:
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    script = tmp_path / "example.py"
    script.write_text(example)
    result = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=True)
    assert result.stdout == "9\n"


@pytest.mark.usefixtures("home")
def test_the_first_example_completes_or_fails_as_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARMILLARY_LOGGING_LEVEL", "INFO")
    source = (ROOT / "examples/pipeline.py").read_text()
    script = tmp_path / "pipeline.py"
    script.write_text(
        source.replace("time.sleep(10)", "time.sleep(0)").replace("retry_delay_seconds=5", "retry_delay_seconds=0")
    )
    result = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    listing = subprocess.run(
        [sys.executable, "-m", "armillary", "flow-run", "ls", "-o", "json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    expected = "COMPLETED" if result.returncode == 0 else "FAILED"
    assert f'"state_type": "{expected}"' in listing.stdout or f'"state_type":"{expected}"' in listing.stdout
    if result.returncode == 0:
        assert "Wrote {'data': 42, 'message': '0'} to database successfully!" in result.stderr
    else:
        assert "Our unreliable service failed." in result.stderr
