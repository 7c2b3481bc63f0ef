"""Of visits said to break their window with probability p, how many do? Simulated days whose truth has heavier tails than the model.

python -m bench.risk [DAYS] [FILE.svg]
"""

import sys
import time
from pathlib import Path

from blisko.planning.tests.truth import HOURS, deciles, said_and_done

DAYS = 500
PICTURE = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "risk-calibration.svg"


def main() -> None:
    days = int(sys.argv[1]) if len(sys.argv) > 1 else DAYS
    began = time.perf_counter()
    rows = deciles(said_and_done(days))
    print(f"{days} days of 12 technicians, asked at {', '.join(f'{hour}:00' for hour in HOURS)}; {time.perf_counter() - began:.0f} s")
    print("said %   broke %   points apart   visits")
    for said, broke, n in rows:
        print(f"{100 * said:6.1f}   {100 * broke:7.1f}   {100 * (broke - said):+12.1f}   {n:6}")


if __name__ == "__main__":
    main()
