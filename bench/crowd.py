"""Five hundred customers move, cancel and book again on their links for five minutes while technicians drive: is anything lost, and how
long does a tap take?

Beside each tap stands the same page without anybody else on it, asked before the crowd comes. ARGS="crowd --customers 50 --seconds 30"
for a smaller one.
"""

import argparse
import asyncio
import os
import sys
import time
from statistics import median, quantiles

import httpx

from bench.house import house
from tests.crowd import a_country, broken_plans, crowd, lost


def main(words: list[str]) -> None:
    told = argparse.ArgumentParser()
    told.add_argument("--customers", type=int, default=500)
    told.add_argument("--people", type=int, default=80)
    told.add_argument("--days", type=int, default=5)
    told.add_argument("--seconds", type=float, default=300)
    asked = told.parse_args(words)
    with house() as platform:
        links = a_country(asked.people, asked.customers, asked.days)
        quiet = alone(platform.web, links[0])
        seen = asyncio.run(crowd(platform.web, links, asked.seconds, platform.database_url))
        time.sleep(25)  # the queue comes to its end
        gone, broken = lost(seen), broken_plans(asked.days)
        if seen.wrong:
            print(platform.log.read_text()[-6000:])
    print(
        f"{asked.customers} customers, {asked.people} technicians, {asked.days} days, {asked.seconds:.0f} s; load {os.getloadavg()[0]:.1f}"
    )
    for what, count in sorted(seen.taps.items()):
        print(f"  {what:28} {count}")
    print(f"{'milliseconds':12} {'taps':>6} {'median':>8} {'p95':>8} {'p99':>8}")
    for what, took in sorted(seen.seconds.items()):
        cuts = quantiles(took, n=100) if len(took) > 1 else took * 99
        print(f"{what:12} {len(took):6} {1000 * median(took):8.0f} {1000 * cuts[94]:8.0f} {1000 * cuts[98]:8.0f}")
    print(f"times, with nobody else there: median {1000 * quiet:.0f} ms; ratio {median(seen.seconds['times']) / quiet:.1f}")
    print(
        f"looked at {seen.looks} times; wrong: {dict(seen.wrong) or 'nothing'}; lost: {gone or 'nothing'}; broken plans: {broken or 'none'}"
    )
    if seen.wrong or gone or broken:
        sys.exit(1)


def alone(web: str, link: str) -> float:
    """Answer the median seconds the page of times takes while nobody else is there."""
    took = []
    with httpx.Client(base_url=web, timeout=120) as client:
        for nr in range(16):
            begun = time.monotonic()
            client.get(f"/v/{link}/move").raise_for_status()
            if nr > 5:  # every process has its labels by then
                took.append(time.monotonic() - begun)
    return median(took)


if __name__ == "__main__":
    main(sys.argv[1:])
