"""What `make demo` runs: the first pipeline until one run completes, then the model staging flow, then what was recorded.

It needs nothing but Armillary; the staging flow's own requirements are installed if they can be.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent
STAGING = EXAMPLES / "mlflow_staging"
MOST_PIPELINE_RUNS = 20
CHECK_STAGED = """
import warnings
warnings.simplefilter("ignore")
from mlflow.tracking import MlflowClient
client = MlflowClient("sqlite:///mlflow.db")
staged = client.get_latest_versions("NYCRideDurationModel", stages=["Staging"])
assert staged, "no version of NYCRideDurationModel is in Staging"
print(f"NYCRideDurationModel version {staged[0].version} is in stage {staged[0].current_stage}.")
"""


def main() -> int:
    """The exit code: 0 when everything that could be run ran to its end."""
    say(
        "A pipeline whose service is unreliable",
        f"{shown(EXAMPLES / 'pipeline.py')} fails in one run of five, as it should.",
    )
    if not run_pipeline():
        return 1
    say("Training and staging a model on New York taxi trips", f"{shown(STAGING / 'main.py')} takes about a minute.")
    staged = run_staging() if install_requirements() else None
    say("What was recorded", "armillary flow-run ls")
    run([sys.executable, "-m", "armillary", "flow-run", "ls", "--limit", "10"])
    say_next()
    return 1 if staged is False else 0


def run_pipeline() -> bool:
    """Run the pipeline until a run completes."""
    for attempt in range(1, MOST_PIPELINE_RUNS + 1):
        if run([sys.executable, str(EXAMPLES / "pipeline.py")]) == 0:
            return True
        print(
            f"\nRun {attempt} failed: the service failed four times in a row, and the run is recorded so. Once more.\n",
            flush=True,
        )
    print(f"{MOST_PIPELINE_RUNS} runs failed in a row: that is no chance any more.", file=sys.stderr)
    return False


def install_requirements() -> bool:
    """Whether the staging flow can run here."""
    requirements = STAGING / "requirements.txt"
    print(f"Installing {shown(requirements)} …", flush=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)]
    result = subprocess.run(pip, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode == 0:
        return True
    reason = next(
        (line for line in reversed(result.stdout.splitlines()) if "error" in line.lower()), "pip gave no reason"
    )
    print(f"Skipped: its requirements cannot be installed here ({reason.strip()}).", file=sys.stderr)
    return False


def run_staging() -> bool:
    """Whether the flow completed and a model version is staged."""
    if run([sys.executable, "main.py"], STAGING) != 0:
        print("The staging flow failed; the run above says why.", file=sys.stderr)
        return False
    return run([sys.executable, "-c", CHECK_STAGED], STAGING) == 0


def run(command: list[str], folder: Path | None = None) -> int:
    return subprocess.run(command, cwd=folder, check=False).returncode


def say(title: str, sentence: str) -> None:
    print(f"\n\033[1m{title}\033[0m\n{sentence}\n" if sys.stdout.isatty() else f"\n{title}\n{sentence}\n", flush=True)


def say_next() -> None:
    command = Path(sys.executable).parent / "armillary"
    name = shown(command)
    print(
        f"""
What next?

    {name} flow-run inspect NAME      what a run did; NAME as listed above
    {name} flow-run logs NAME         what it said
    {name} task-run ls --flow-run NAME
    {name} --help

Write your own: the README has a flow in ten lines.""",
        flush=True,
    )


def shown(path: Path) -> str:
    """A path as one would type it here."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return str(path)


if __name__ == "__main__":
    sys.exit(main())
