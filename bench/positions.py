"""Positions a second, each acknowledged after its durable commit; beside it, in the same run on the same server, the same rows
by raw COPY, and the same HTTP path with nothing to write.

`python -m bench.positions [runs]`: five runs take about two minutes. Loopback only. The crowd of phones shares the machine.
"""

import json
import statistics
import subprocess
import sys
import time

import psutil
import psycopg

from bench.ground import ROOT, ground, live

TECHNICIANS = 2_500
EACH = 16
CONNECTIONS = 256


def post(env: dict[str, str], port: int, process: psutil.Process, what: str) -> dict[str, float]:
    """Let the crowd report everything once; adds `rate` (answers a second) and `cpu_us` (of `live`, per answer)."""
    told = [str(value) for value in (port, CONNECTIONS, TECHNICIANS, EACH, int(time.time()), what)]
    before = process.cpu_times()
    run = subprocess.run([sys.executable, "-m", "bench.phones", *told], cwd=ROOT, env=env, check=True, capture_output=True)
    after = process.cpu_times()
    said: dict[str, float] = json.loads(run.stdout)
    cpu = after.user + after.system - before.user - before.system
    return said | {"rate": said["acknowledged"] / said["seconds"], "cpu_us": cpu / said["acknowledged"] * 1e6}


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


def main(runs: int = 5) -> None:
    posted, copied, bare = [], [], []
    with ground(TECHNICIANS) as env, psycopg.connect(env["DATABASE_URL"]) as conn, live(env) as (port, process):
        names = ("fsync", "synchronous_commit", "server_version")
        durable = {name: (conn.execute(f"SHOW {name}").fetchone() or ("",))[0] for name in names}
        print(f"{TECHNICIANS} phones, {CONNECTIONS} connections, {durable}")
        for nr in range(runs + 1):
            conn.execute("TRUNCATE live_fix")
            conn.commit()
            told = post(env, port, process, "positions")
            (stored,) = conn.execute("SELECT count(*) FROM live_fix").fetchone() or (0,)
            if stored != told["acknowledged"] or told["refused"]:
                raise SystemExit(f"bench: {told['acknowledged']} acknowledged, {told['refused']} refused, {stored} stored")
            raw, nothing = raw_copy(conn), post(env, port, process, "nothing")
            print(
                f"run {nr}: {told['rate']:6.0f} positions/s, p50 {told['p50_ms']:.1f} ms, p99 {told['p99_ms']:.1f} ms,"
                f" {told['cpu_us']:.0f} µs of live each; nothing to write {nothing['rate']:6.0f}/s ({nothing['cpu_us']:.0f} µs);"
                f" raw COPY {raw:7.0f} rows/s" + ("" if nr else "   (warming up, not counted)")
            )
            if nr:
                posted.append(told["rate"])
                copied.append(raw)
                bare.append(nothing["rate"])
    rate, raw, nothing_to_write = map(statistics.median, (posted, copied, bare))
    print(
        f"medians of {runs}: {rate:.0f} positions/s acknowledged after durable commit = {rate / raw:.1%} of raw COPY ({raw:.0f} rows/s)"
        f" = {rate / nothing_to_write:.0%} of the same path with nothing to write ({nothing_to_write:.0f}/s)"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
