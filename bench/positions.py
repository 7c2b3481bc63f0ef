"""Positions a second, each acknowledged after its durable commit, and the same rows by raw COPY on the same server.

`python -m bench.positions [runs]`: five runs take about a minute. Loopback only.
"""

import json
import statistics
import subprocess
import sys
import time

import psycopg

from bench.ground import ROOT, ground, live

TECHNICIANS = 2_500
EACH = 16
CONNECTIONS = 256


def post(env: dict[str, str], port: int, newest: int) -> dict[str, float]:
    """Let the crowd report everything once."""
    told = [str(value) for value in (port, CONNECTIONS, TECHNICIANS, EACH, newest)]
    return json.loads(
        subprocess.run([sys.executable, "-m", "bench.phones", *told], cwd=ROOT, env=env, check=True, capture_output=True).stdout
    )


def raw_copy(conn: psycopg.Connection) -> float:
    """Rows a second of one binary COPY of what live_fix holds, made durable, into a table of the same shape."""
    with conn.cursor() as cursor:
        with cursor.copy("COPY live_fix TO STDOUT (FORMAT BINARY)") as copy:
            rows = [bytes(block) for block in copy]
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_fix (LIKE live_fix INCLUDING ALL)")
        cursor.execute("TRUNCATE bench_fix")
        conn.commit()
        begun = time.perf_counter()
        with cursor.copy("COPY bench_fix FROM STDIN (FORMAT BINARY)") as copy:
            for block in rows:
                copy.write(block)
        conn.commit()
        took = time.perf_counter() - begun
        cursor.execute("SELECT count(*) FROM bench_fix")
        (count,) = cursor.fetchone() or (0,)
        conn.commit()
    return count / took


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    posted, copied = [], []
    with ground(TECHNICIANS) as env, psycopg.connect(env["DATABASE_URL"]) as conn, live(env) as (port, process):
        durable = [conn.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit", "server_version")]
        print(
            f"{TECHNICIANS} phones, {CONNECTIONS} connections; fsync, synchronous_commit, PostgreSQL: {[row[0] for row in durable if row]}"
        )
        for nr in range(runs + 1):
            conn.execute("TRUNCATE live_fix")
            conn.commit()
            before = process.cpu_times()
            told = post(env, port, int(time.time()))
            after = process.cpu_times()
            stored = (conn.execute("SELECT count(*) FROM live_fix").fetchone() or (0,))[0]
            if stored != told["acknowledged"] or told["refused"]:
                raise SystemExit(f"bench: {told['acknowledged']} acknowledged, {told['refused']} refused, {stored} stored")
            rate, raw = told["acknowledged"] / told["seconds"], raw_copy(conn)
            cpu = (after.user + after.system - before.user - before.system) / told["seconds"]
            warm = "" if nr else "   (warming up, not counted)"
            print(
                f"run {nr}: {rate:7.0f} positions/s, p50 {told['p50_ms']:.1f} ms, p99 {told['p99_ms']:.1f} ms, live at {cpu:.0%} of a core;"
                f" raw COPY {raw:8.0f} rows/s; share {rate / raw:.1%}{warm}"
            )
            if nr:
                posted.append(rate)
                copied.append(raw)
    rate, raw = statistics.median(posted), statistics.median(copied)
    print(f"median of {runs}: {rate:.0f} positions/s acknowledged after durable commit = {rate / raw:.1%} of raw COPY ({raw:.0f} rows/s)")


if __name__ == "__main__":
    main()
