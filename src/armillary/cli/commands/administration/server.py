"""``armillary server``: start, stop and ask after the server of this home."""

from __future__ import annotations

import gc
import os
import signal
import stat
import subprocess
import sys
import webbrowser
from time import monotonic, sleep
from typing import Annotated, Any, TextIO

import typer

from armillary import settings
from armillary.cli.terminal.messages import hint, say
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import Output, OutputOption, print_json, print_pairs
from armillary.core.errors import InvalidOption, LedgerUnavailable, NotFound
from armillary.core.server_address import ServerAddress
from armillary.home.address import read_address
from armillary.home.home_token import home_token, read_home_token
from armillary.home_folder import prepare_home

STARTING_SECONDS = 20.0
STOPPING_SECONDS = 15.0

app = noun("Serve this home's runs over HTTP: the web app, the API, and the live stream.")
services = noun("The services of the server.")
app.add_typer(services, name="services")


@app.command()
def start(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. Default: 127.0.0.1, this machine alone.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one. Default: 4200.")
    ] = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Require no token: every user of this machine can do everything.")
    ] = False,
    database_url: Annotated[
        str | None,
        typer.Option(help="PostgreSQL database to keep runs in: postgresql://… Default: SQLite in the home."),
    ] = None,
    background: Annotated[bool, typer.Option("--background", help="Go on in the background, and return.")] = False,
    open_browser: Annotated[
        bool | None, typer.Option("--open/--no-open", help="Open the web app. Default: on a terminal.")
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A further host name to answer to. Can be given several times.")
    ] = None,
    trusted_proxies: Annotated[
        str | None,
        typer.Option(
            help="Proxies in front of it, by address or network, whose X-Forwarded headers count. Default: none."
        ),
    ] = None,
) -> None:
    """Start the server of this home, and serve until Ctrl-C."""
    home = settings.home()
    if database_url is not None:
        os.environ["ARMILLARY_DATABASE_URL"] = (
            database_url  # for a server in the background too; not on its command line
        )
    running = read_address(home)
    if running is not None:
        raise LedgerUnavailable(
            f"This home has a server already, at {running.url}.",
            subject=running.url,
            advice="Use that one, or stop it first: armillary server stop",
        )
    at = host or settings.get("SERVER_HOST")
    on = settings.get("SERVER_PORT") if port is None else port
    names = frozenset(name.lower() for name in allow_host or ())
    if trusted_proxies is not None:
        os.environ["ARMILLARY_TRUSTED_PROXIES"] = trusted_proxies
    proxies = settings.get("TRUSTED_PROXIES")
    if background:
        _start_in_background(home, at, on, no_auth, names)
        return
    gc.disable()  # what is loaded now stays until the end: looking through it again and again only costs time
    from armillary.server.process import Serving, serve  # loads FastAPI, 300 ms that no other command should cost

    gc.freeze()
    gc.enable()

    def started(serving: Serving) -> None:
        _banner(serving.address, serving.sign_in_url)
        if open_browser or (open_browser is None and sys.stderr.isatty() and os.environ.get("DISPLAY")):
            webbrowser.open(serving.sign_in_url)

    serve(home, at, on, authenticated=not no_auth, hosts=names, trusted_proxies=proxies, started=started)
    say("The server has stopped.")


@app.command()
def stop() -> None:
    """Stop the server of this home, and wait until it has."""
    address = _running()
    os.kill(address.pid, signal.SIGTERM)
    deadline = monotonic() + STOPPING_SECONDS
    while read_address(settings.home()) is not None:
        if monotonic() > deadline:
            raise LedgerUnavailable(
                f"The server (process {address.pid}) has not stopped within {STOPPING_SECONDS:.0f} seconds.",
                subject=str(address.pid),
                advice=f"End it with: kill -9 {address.pid}",
            )
        sleep(0.05)
    say("The server has stopped.")


@app.command()
def status(output: OutputOption = Output.TABLE) -> None:
    """Show whether this home has a server, and a link that signs a browser in."""
    address = _running()
    link = _new_link(address)
    facts = {
        "url": address.url,
        "api_url": address.api_url,
        "pid": address.pid,
        "started": address.started,
        "version": address.version,
        "sign_in_url": link,
    }
    if output is Output.JSON:
        print_json(facts)
    else:
        print_pairs([(name.replace("_", " "), str(value)) for name, value in facts.items()])


@app.command()
def token() -> None:
    """Print the token of this home's own server, for ARMILLARY_API_KEY elsewhere."""
    print(home_token(settings.home()))


@services.command("status")
def services_status(output: OutputOption = Output.TABLE) -> None:
    """Show each service, the server that runs it, and its last turn."""
    from armillary.client.http.calls import call  # loads httpx

    found = call(_running(), "GET", "/services")
    if output is Output.JSON:
        print_json(found)
    else:
        print_pairs([(each["name"], _told(each)) for each in found])


def _told(service: dict[str, Any]) -> str:
    trouble = f", last error: {service['last_error']}" if service["last_error"] else ""
    return f"{service['loops']} turns, the last at {service['loop_ended']}, by {service['holder']}{trouble}"


def _running() -> ServerAddress:
    address = read_address(settings.home())
    if address is None:
        raise NotFound(
            "This home has no server running.", subject=settings.home(), advice="Start one: armillary server start"
        )
    return address


def _new_link(address: ServerAddress) -> str:
    if not address.authenticated:
        return address.url
    from armillary.client.http.calls import call  # loads httpx

    return address.url + str(call(address, "POST", "/signin_links")["path"])


def _start_in_background(home: str, host: str, port: int, no_auth: bool, names: frozenset[str]) -> None:
    """A process of its own session, whose output goes to ``server.log`` in the home."""
    prepare_home(home)
    log = os.path.join(home, "server.log")
    command = [sys.executable, "-m", "armillary", "server", "start", "--no-open", "--host", host, "--port", str(port)]
    command += ["--no-auth"] if no_auth else []
    for name in sorted(names):
        command += ["--allow-host", name]
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        began = file.tell()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
            cwd="/",
            env=settings.for_processes(),
        )
    deadline = monotonic() + STARTING_SECONDS
    while (address := read_address(home)) is None or address.pid != process.pid:
        if process.poll() is not None or monotonic() > deadline:
            with open(log, encoding="utf-8", errors="replace") as file:
                file.seek(began)
                said = file.read().strip().removeprefix("error: ")
            raise InvalidOption(said or "The server did not start.", subject=log, advice=f"Its output is in {log}.")
        sleep(0.02)
    _banner(address, _new_link(address))
    hint("armillary server stop")


def _keeps(stream: TextIO) -> bool:
    """Whether it is a file, such as server.log, where a link that signs browsers in would stay."""
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:
        return False


def _banner(address: ServerAddress, link: str) -> None:
    say(f"Armillary {address.version} serves {settings.home()} at {address.url}")
    if not address.authenticated:
        say(
            "Every user of this machine can do everything here, because of --no-auth: also run code as you, where an agent is."
        )
    say("")
    if _keeps(sys.stderr):
        say(f"  Open the web app:      {address.url}  (armillary server status prints a link that signs a browser in)")
    else:
        say(f"  Open the web app:      {link}")
    say(f"  Record runs here from elsewhere:  armillary config set ARMILLARY_API_URL={address.api_url}")
    if address.authenticated and read_home_token(settings.home()) is not None:
        say("  …with the token that `armillary server token` prints, as ARMILLARY_API_KEY")
    say("")
