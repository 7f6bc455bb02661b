"""Somebody who reads a page and does what it says: writes its files, types its commands, looks at what comes."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import warm_commands
from armillary.home.address import read_address

from .expected import matches
from .pages import Block, Command

PATIENCE_SECONDS = 90
_ADDRESS = re.compile(r"127\.0\.0\.1:4200")
_OF_A_SHELL = re.compile(r"[|<>&;*$`(~]")


@dataclass
class Terminal:
    folder: Path
    environment: dict[str, str]


class Surprise(AssertionError):
    """What came is not what the page shows."""


class Reader:
    """``folder`` is empty, and stands for the user's home folder."""

    def __init__(self, folder: Path) -> None:
        self.me = folder
        self.names: dict[str, str] = {}
        self.recorded: dict[int, str] = {}
        """What commands put out, by their line in the page."""
        self.learns: Callable[[str, dict[str, str]], None] = lambda output, names: None
        """Is given every output, and may add to the names of runs."""
        self._terminals: dict[str, Terminal] = {}
        self._running: list[subprocess.Popen[str]] = []
        self._programs = 0

    def read(self, blocks: list[Block], *, compare: bool = True) -> None:
        try:
            for block in blocks:
                self._take(block, compare)
        finally:
            self._leave()

    def _take(self, block: Block, compare: bool) -> None:
        if "not run" in block.options:
            return
        terminal = self._terminal(block.options.get("terminal", "first"))
        if block.title is not None and block.title != "output":
            path = terminal.folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._here(block.text) + "\n")
            if block.language == "python":
                compile(block.text, block.title, "exec")
        elif block.language == "python":
            self._programs += 1
            program = terminal.folder / f"program_{self._programs}.py"
            program.write_text(self._here(block.text) + "\n")
            self._type(Command(f"python {program.name}", block.line), terminal, block.options, compare)
        elif block.runs:
            commands = block.commands()
            for command in commands:
                options = block.options if command is commands[-1] else {**block.options, "exit": "0"}
                self._type(command, terminal, options, compare)

    def _terminal(self, name: str) -> Terminal:
        if name not in self._terminals:
            kept = {name: value for name, value in os.environ.items() if not name.startswith("ARMILLARY_")}
            folder = self.me / "project"
            folder.mkdir(exist_ok=True)
            environment = {
                **kept,
                "HOME": str(self.me),
                "ARMILLARY_HOME": str(self.me / ".armillary"),
                "ARMILLARY_SERVER_PORT": "0",
                "COLUMNS": "88",
                **{
                    f"GIT_{who}_{what}": "me@example.org"
                    for who in ("AUTHOR", "COMMITTER")
                    for what in ("NAME", "EMAIL")
                },
                "NO_COLOR": "1",
                "PATH": f"{Path(sys.executable).parent}:{kept['PATH']}",
            }
            self._terminals[name] = Terminal(folder, environment)
        return self._terminals[name]

    def _type(self, command: Command, terminal: Terminal, options: Mapping[str, str], compare: bool) -> None:
        text = self._here(command.text)
        if self._built_in(text, terminal):
            return
        if "background" in options:
            self._begin(text, command, terminal, compare)
            return
        patience = time.monotonic() + PATIENCE_SECONDS
        while True:
            done = self._run(text, terminal, options.get("stdin"))
            both = (done.stdout + done.stderr, done.stderr + done.stdout)
            self.recorded[command.line] = self._as_shown(both[1] if not done.stdout or "|" in done.stderr else both[0])
            self.learns(both[0], self.names)
            wrong = done.returncode != int(options.get("exit", 0))
            shown = [self._mine(line) for line in command.output]
            if compare and not wrong and shown:
                wrong = not any(matches(shown, each, self.names) for each in (done.stdout, done.stderr, *both))
            if not wrong:
                return
            if "until" not in options or time.monotonic() > patience:
                was = f"$ {text}\nexit code {done.returncode}, not {options.get('exit', 0)}\n{both[0]}"
                raise Surprise(f"line {command.line}: the page shows\n" + "\n".join(shown) + f"\nand it was\n{was}")
            time.sleep(0.2)  # the command itself is asked again: it has no other way to tell

    def _built_in(self, text: str, terminal: Terminal) -> bool:
        if text.startswith("cd "):
            terminal.folder = terminal.folder / os.path.expanduser(text[3:].strip().replace("~", str(self.me)))
        elif text.startswith("export "):
            name, _, value = shlex.split(text, comments=True)[1].partition("=")
            terminal.environment[name] = value.replace("~", str(self.me))
        elif text.startswith("unset "):
            terminal.environment.pop(text[6:].strip(), None)
        else:
            return False
        return True

    def _run(self, text: str, terminal: Terminal, typed: str | None) -> subprocess.CompletedProcess[str]:
        environment = dict(terminal.environment)
        for_a_shell = _OF_A_SHELL.search(re.sub(r"'[^']*'", "", text.replace("\\\n", " ")))
        words = [text] if for_a_shell else shlex.split(text.replace("\\\n", " "), comments=True)
        while len(words) > 1 and re.match(r"[A-Z_]+=", words[0]):
            name, _, value = words.pop(0).partition("=")
            environment[name] = value
        given = "" if typed is None else typed.replace("\\n", "\n") + "\n"
        if words[0] == "armillary":
            folder = terminal.folder
            return warm_commands.run(words[1:], env=environment, cwd=folder, given=given, code=None)
        command = words if words[0] == "python" else ["bash", "-c", text]
        if words[0] == "python":
            environment["PYTHONUNBUFFERED"] = "1"
        return subprocess.run(
            command,
            cwd=terminal.folder,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def _begin(self, text: str, command: Command, terminal: Terminal, compare: bool) -> None:
        log = self.me / f"output_{len(self._running)}"
        with log.open("w") as file:
            words = shlex.split(text.replace("\\\n", " "), comments=True)
            environment = {**terminal.environment, "PYTHONUNBUFFERED": "1"}
            process = subprocess.Popen(
                words, cwd=terminal.folder, env=environment, text=True, stdout=file, stderr=subprocess.STDOUT
            )
        self._running.append(process)
        shown = [self._mine(line) for line in command.output]
        patience = time.monotonic() + PATIENCE_SECONDS
        quiet_until = time.monotonic() + (0 if compare else 6)
        while True:
            output = log.read_text()
            self.recorded[command.line] = self._as_shown(output)
            self.learns(output, self.names)
            as_shown = not compare or not shown or matches(shown, output, self.names, anywhere=True)
            if as_shown and time.monotonic() > quiet_until:
                return
            if time.monotonic() > patience or process.poll() is not None:
                raise Surprise(f"line {command.line}: the page shows\n" + "\n".join(shown) + f"\nand it was\n{output}")
            time.sleep(0.02)  # a file has nothing to wait on

    def _here(self, text: str) -> str:
        """A command or file of the page, with the names, the folders and the address that things have here."""
        text = text.replace("/home/me", str(self.me))
        for name, value in self.names.items():
            text = text.replace(name, value)
        if _ADDRESS.search(text):
            address = read_address(self._terminal("first").environment["ARMILLARY_HOME"])
            if address is not None:
                text = _ADDRESS.sub(address.url.removeprefix("http://"), text)
        return text

    def _mine(self, line: str) -> str:
        return line.replace("/home/me", str(self.me))

    def _as_shown(self, output: str) -> str:
        return output.replace(str(self.me), "/home/me")

    def _leave(self) -> None:
        for process in reversed(self._running):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process in reversed(self._running):
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for terminal in self._terminals.values():
            if read_address(terminal.environment["ARMILLARY_HOME"]) is not None:
                warm_commands.run(["server", "stop"], env=terminal.environment, code=None)
