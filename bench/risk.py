"""Of visits said to break their window with probability p, how many do? Simulated days whose truth has heavier tails than the model.

python -m bench.risk [DAYS] [FILE.svg]
"""

import sys
import time
from pathlib import Path

from blisko.planning.rules.chance import normal_shape
from blisko.planning.rules.risk import RouteAhead, StopAhead, look_ahead
from blisko.planning.rules.traffic import unknown_traffic
from blisko.planning.tests.truth import HOUR, HOURS, LUNCH, STOPS, deciles, said_and_done

DAYS = 500
Rows = list[tuple[float, float, int]]


def picture(rows: Rows, title: str) -> str:
    """Answer the calibration plot as SVG: said across, broken upwards, a dot per decile on the line where both are equal."""
    at = [(40 + 320 * said, 360 - 320 * broke, n) for said, broke, n in rows]
    band = "40,344 344,40 360,40 360,56 56,360 40,360"
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 420" font-family="system-ui, sans-serif" font-size="12">',
        f"<title>{title}</title>",
        '<rect width="400" height="420" fill="#fff"/>',
        f'<polygon points="{band}" fill="#d7e6f5"/>',
        '<path d="M40 360 360 40M40 40V360H360" fill="none" stroke="#5b6770"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#0b5cad"><title>{n} visits</title></circle>' for x, y, n in at),
        *(f'<text x="{40 + 3.2 * t}" y="376" text-anchor="middle">{t}</text>' for t in range(0, 101, 20)),
        *(f'<text x="34" y="{364 - 3.2 * t}" text-anchor="end">{t}</text>' for t in range(0, 101, 20)),
        '<text x="200" y="396" text-anchor="middle">said: the window breaks, %</text>',
        '<text x="14" y="200" text-anchor="middle" transform="rotate(-90 14 200)">it broke, %</text>',
        f'<text x="200" y="24" text-anchor="middle">{title}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def speed() -> float:
    """Answer the least processor milliseconds that 40 routes of 8 stops take in 2,000 futures."""
    routes = [RouteAhead(f"r{r}", 8 * HOUR, tuple(_stop(r, n) for n in range(STOPS)), breaks=(LUNCH,)) for r in range(40)]
    best = float("inf")
    for _ in range(20):
        began = time.process_time()
        look_ahead(routes, now=8 * HOUR, work_shape=normal_shape(), traffic=unknown_traffic())
        best = min(best, time.process_time() - began)
    return 1000 * best


def _stop(route: int, n: int) -> StopAhead:
    starts = 8 * HOUR + (n + 1) * 3600
    return StopAhead(f"{route}.{n}", starts - 1800, starts + 2400, 900, 2400, 0.4)


def main() -> None:
    print(f"40 routes × 8 stops × 2,000 futures: {speed():.0f} ms of one processor")
    days = int(sys.argv[1]) if len(sys.argv) > 1 else DAYS
    began = time.perf_counter()
    rows = deciles(said_and_done(days))
    print(f"{days} days of 12 technicians, asked at {', '.join(f'{hour}:00' for hour in HOURS)}; {time.perf_counter() - began:.0f} s")
    print("said %   broke %   points apart   visits")
    for said, broke, n in rows:
        print(f"{100 * said:6.1f}   {100 * broke:7.1f}   {100 * (broke - said):+12.1f}   {n:6}")
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(picture(rows, f"{days} simulated days, {sum(n for _, _, n in rows):,} answers"), "utf-8")


if __name__ == "__main__":
    main()
