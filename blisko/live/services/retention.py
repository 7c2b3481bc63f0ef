from datetime import datetime

from django.db import connection

from blisko.access.services import keep_days
from blisko.live.models import DelayNotice, UnusableCount
from blisko.live.rules.fixes import OLDEST


@keep_days("live.fixes", 30, "Where technicians were")
def purge_fixes(before: datetime) -> int:
    """Forget every position measured before this moment; answer how many."""
    with connection.cursor() as cursor:  # by the time of arrival the index knows which rows it can be: none is kept that came a week late
        cursor.execute("DELETE FROM live_fix WHERE received_at < %s AND fix_time < %s", [before + OLDEST, before])
        return int(cursor.rowcount)


@keep_days("live.unusable", 90, "Counts of reports that could not be used")
def purge_unusable_counts(before: datetime) -> int:
    """Forget old counts of reports that were not kept; answer how many."""
    return UnusableCount.objects.filter(last_at__lt=before).delete()[0]


@keep_days("live.delays", 730, "Delay notices and what customers answered")
def purge_delay_notices(before: datetime) -> int:
    """Forget what was told of delays before this moment; answer how many."""
    return DelayNotice.objects.filter(at__lt=before).delete()[0]
