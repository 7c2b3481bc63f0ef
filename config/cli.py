"""The `blisko` command: runs the platform, or hands over to Django."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from django.core.management import execute_from_command_line

from blisko.kit import postgres, runner
from blisko.kit.postgres_programs import PostgresError
from config.demo import demo
from config.processes import DRAIN, PLANNING, ROOT, prepare, processes
from config.region import region

log = logging.getLogger(__name__)
PORT_WAIT = 5.0  # seconds a restarted process waits for its predecessor's port
HELP = """\
blisko run        the whole platform: web, live, worker, planner, and the embedded PostgreSQL when DATABASE_URL is not set
blisko demo       the platform with a simulated day, on a database of its own   (--fresh begins anew)
blisko web        pages, admin and API alone        (BLISKO_BIND, BLISKO_WEB_PORT, BLISKO_WEB_WORKERS, BLISKO_WEB_THREADS)
blisko live       positions and live streams alone  (BLISKO_BIND, BLISKO_LIVE_PORT)
blisko worker     jobs other than planning, alone   (BLISKO_WORKER_CONCURRENCY)
blisko planner    plans and repairs alone           (BLISKO_PLANNER_CONCURRENCY)
blisko region     add FILE.osm.pbf | list | remove NAME: real roads from an OpenStreetMap extract (docs/how-to/roads.md)
blisko postgres   start | stop | status | dump FILE | restore FILE of the embedded server
blisko <other>    any Django management command: migrate, createsuperuser, simulate, ...; `blisko help` lists them
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command named on the command line and answer its exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    commands = {
        "run": run,
        "demo": demo,
        "web": web,
        "live": live,
        "worker": worker,
        "planner": planner,
        "postgres": embedded,
        "region": region,
    }
    if not args or args[0] in ("-h", "--help"):
        print(HELP, end="")
        return 0
    command = commands.get(args[0])
    if command is None:
        return _django(args)
    logging.basicConfig(format="blisko: %(message)s", level=logging.INFO, stream=sys.stderr)
    try:
        return command(args[1:])
    except (runner.PortInUse, PostgresError) as fault:
        print(f"blisko: {fault}", file=sys.stderr)
        return 1


def run(args: Sequence[str]) -> int:
    """Bring the database up to date and keep its processes running until told to end."""
    options = _options("run", args)
    _name_doors(options)
    for port in (options.port, options.live_port):
        runner.require_free_port(options.bind, port)
    if os.environ.get("DATABASE_URL"):
        return prepare() or _keep_running()
    home = _embedded_home()
    ours = postgres.ensure_running(home)

    def mend() -> None:
        if postgres.ensure_running(home):
            log.warning("PostgreSQL was down and has been started again")

    try:
        return prepare() or _keep_running(mend)
    finally:
        if ours:
            postgres.stop(home)


def _keep_running(keep: Callable[[], object] | None = None) -> int:
    log.info("pages on %s, live on %s", os.environ["BLISKO_PUBLIC_URL"], os.environ["BLISKO_LIVE_URL"])
    return runner.Supervisor(processes(), keep=keep, prefix=not os.environ.get("BLISKO_LOG_JSON")).run()


def _embedded_home() -> Path:
    return Path(os.environ.get("BLISKO_HOME") or ROOT / ".blisko") / "postgres"


def web(args: Sequence[str]) -> int:
    """Become granian serving Django."""
    options = _options("web", args)
    _name_doors(options)
    runner.end_with_parent()
    runner.require_free_port(options.bind, options.port, wait=PORT_WAIT)
    return _become(
        "granian", "--interface", "wsgi", "--host", options.bind, "--port", str(options.port),
        "--workers", os.environ.get("BLISKO_WEB_WORKERS", "1"),
        "--blocking-threads", os.environ.get("BLISKO_WEB_THREADS", "4"),
        "--workers-kill-timeout", str(DRAIN), "--respawn-failed-workers", "--no-ws", "--log-level", "warning",
        "config.wsgi:application",
    )  # fmt: skip


def live(args: Sequence[str]) -> int:
    """Become uvicorn serving positions and streams."""
    options = _options("live", args)
    _name_doors(options)
    runner.end_with_parent()
    runner.require_free_port(options.bind, options.live_port, wait=PORT_WAIT)
    return _become(
        "uvicorn", "--host", options.bind, "--port", str(options.live_port), "--loop", "uvloop", "--http", "httptools",
        "--ws", "none", "--no-access-log", "--no-server-header", "--log-level", "warning", "--backlog", "4096",
        "--timeout-keep-alive", "65", "--timeout-graceful-shutdown", str(DRAIN), "config.live:app",
    )  # fmt: skip


def worker(args: Sequence[str]) -> int:
    """Work on jobs other than planning until told to end."""
    argparse.ArgumentParser(prog="blisko worker").parse_args(args)
    return _work(os.environ.get("BLISKO_WORKER_CONCURRENCY", "8"), "--but", *PLANNING)


def planner(args: Sequence[str]) -> int:
    """Plan days and mend them until told to end."""
    argparse.ArgumentParser(prog="blisko planner").parse_args(args)
    return _work(os.environ.get("BLISKO_PLANNER_CONCURRENCY", "4"), "--only", *PLANNING)


def _work(concurrency: str, *queues: str) -> int:
    runner.end_with_parent()
    return _django(["work", "--concurrency", concurrency, "--drain", str(DRAIN), *queues])


def embedded(args: Sequence[str]) -> int:
    """Start, stop, describe or back up the embedded PostgreSQL."""
    parser = argparse.ArgumentParser(prog="blisko postgres")
    parser.add_argument("action", choices=["start", "stop", "status", "dump", "restore"])
    parser.add_argument("file", nargs="?", type=Path, help="what `dump` writes and `restore` reads")
    options = parser.parse_args(args)
    home = _embedded_home()
    if options.action == "start":
        print("started" if postgres.ensure_running(home) else "already running")
    elif options.action == "stop":
        print("stopped" if postgres.stop(home) else "was not running")
    elif options.action in ("dump", "restore"):
        if options.file is None:
            parser.error(f"{options.action} needs a file")
        (postgres.dump if options.action == "dump" else postgres.restore)(home, options.file)
    else:
        found = postgres.status(home)
        print(f"{'running' if found.running else 'not running'}  pid {found.pid or '-'}  {found.folder}  log {found.log}")
        return 0 if found.running else 3
    return 0


def _options(command: str, args: Sequence[str]) -> argparse.Namespace:
    environ = os.environ
    parser = argparse.ArgumentParser(prog=f"blisko {command}")
    parser.add_argument("--bind", default=environ.get("BLISKO_BIND", "127.0.0.1"), help="address to listen on (BLISKO_BIND)")
    web_port = int(environ.get("BLISKO_WEB_PORT", "8000"))
    live_port = int(environ.get("BLISKO_LIVE_PORT", "8001"))
    if command == "live":
        parser.add_argument("--port", dest="live_port", type=int, default=live_port, help="port of live (BLISKO_LIVE_PORT)")
        parser.set_defaults(port=web_port)
        return parser.parse_args(args)
    parser.add_argument("--port", type=int, default=web_port, help="port of web (BLISKO_WEB_PORT)")
    parser.add_argument("--live-port", type=int, default=live_port, help="port of live (BLISKO_LIVE_PORT)")
    return parser.parse_args(args)


def _name_doors(options: argparse.Namespace) -> None:
    """Tell every process of this installation where the doors are."""
    os.environ["BLISKO_BIND"] = options.bind
    os.environ["BLISKO_WEB_PORT"] = str(options.port)
    os.environ["BLISKO_LIVE_PORT"] = str(options.live_port)
    os.environ.setdefault("BLISKO_PUBLIC_URL", f"http://localhost:{options.port}")
    os.environ.setdefault("BLISKO_LIVE_URL", f"http://localhost:{options.live_port}")


def _become(module: str, *args: str) -> int:
    os.execv(sys.executable, [sys.executable, "-m", module, *args])  # noqa: S606  no shell is wanted


def _django(args: Sequence[str]) -> int:
    execute_from_command_line(["blisko", *args])
    return 0


if __name__ == "__main__":
    sys.exit(main())
