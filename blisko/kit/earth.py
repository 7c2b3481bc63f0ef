"""Distances on the earth."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8  # mean radius (IUGG)
Place = tuple[float, float]


def metres_between(one: Place, other: Place) -> float:
    """Answer the great-circle distance in metres of two (latitude, longitude) in degrees, by the haversine formula."""
    lat1, lat2 = radians(one[0]), radians(other[0])
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(radians(other[1] - one[1]) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))
