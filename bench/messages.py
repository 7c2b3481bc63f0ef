"""How disciplined messages about time are: 1,000 visits of noisy days, looked at every minute by the rules the house follows.

make bench ARGS=messages
"""

import time

from blisko.live.tests.noisy_days import TECHNICIANS, Told, discipline_of, told_days
from blisko.planning.tests.truth import STOPS

VISITS = 1000


def main() -> None:
    began = time.perf_counter()
    visits: list[Told] = list(told_days(-(-VISITS // (TECHNICIANS * STOPS))))[:VISITS]
    seen = discipline_of(visits)
    print(f"{seen.visits} visits, looked at every minute; {time.perf_counter() - began:.0f} s")
    print(f"messages a visit                    {seen.messages:.2f} (three by default; at most {seen.most})")
    print(f"windows broken by 5 minutes or more {seen.broken}")
    print(f"  told of it                        {seen.told} ({seen.told / seen.broken:.0%})")
    print(
        f"  told before the window broke      {seen.in_time} ({seen.in_time / seen.broken:.0%}), {seen.minutes_before:.0f} minutes before"
    )
    print(f"warned of a delay                   {seen.warned}")
    print(f"  and came inside the window        {seen.false_alarms} ({seen.false_alarms / max(1, seen.warned):.0%})")
    print(f"contradictions within ten minutes   {seen.contradictions}")
    print(f"the same span told twice            {seen.duplicates}")


if __name__ == "__main__":
    main()
