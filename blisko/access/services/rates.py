from datetime import datetime

from django.db import connection, transaction

from blisko.access.errors import TooFast


def spend(bucket: str, *, limit: int, per: int, now: datetime) -> int:
    """Count one try in `bucket`; refuse `TooFast` past `limit` tries in `per` seconds. Answer the tries so far.

    Counted in a transaction of its own where the caller has none, so that a refused request is counted too.
    """
    window = int(now.timestamp()) // per
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO access_ratecount (bucket, "window", tries, at) VALUES (%s, %s, 1, %s) '
            'ON CONFLICT (bucket, "window") DO UPDATE SET tries = access_ratecount.tries + 1 RETURNING tries',
            [bucket[:120], window, now],
        )
        (tries,) = cursor.fetchone()
    if tries > limit:
        raise TooFast(retry_after=per - int(now.timestamp()) % per)
    return int(tries)
