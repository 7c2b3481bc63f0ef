"""Lines on the map as road engines write them."""

from blisko.planning.rules.ways import Line


def decoded(polyline: str, digits: int) -> Line:
    """Answer the (lat, lon) pairs of an encoded polyline with so many digits after the point."""
    scale, pairs, values = 10**digits, [], [0, 0]
    turn = shift = chunk = 0
    for letter in polyline:
        code = ord(letter) - 63
        chunk |= (code & 31) << shift
        shift += 5
        if code < 32:
            values[turn] += ~(chunk >> 1) if chunk & 1 else chunk >> 1
            chunk = shift = 0
            if turn:
                pairs.append((values[0] / scale, values[1] / scale))
            turn = 1 - turn
    return tuple(pairs)
