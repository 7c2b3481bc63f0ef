from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.live.adapters.report import Report, read_report
from blisko.live.rules.records import Fix, Heartbeat, Ignored, Reason, Record, Unusable
from blisko.live.tests import payloads

SEVEN = datetime(2026, 11, 22, 7, tzinfo=UTC)
assert SEVEN.timestamp() == 1795330800
NOW = SEVEN + timedelta(minutes=5)


def heard(query: bytes = b"", body: bytes = b"", headers: tuple[tuple[bytes, bytes], ...] = ()) -> Record:
    [record] = read_report(query, body, headers, NOW).records
    return record


def place(record: Record) -> tuple[float, float, datetime, str]:
    assert isinstance(record, Fix), record
    return record.lat, record.lon, record.fix_time, record.source


def test_traccar_samples_land_where_traccar_puts_them() -> None:
    assert place(heard(payloads.TRACCAR8_QUERY)) == (42.06288, -88.23412, datetime(2016, 1, 27, 18, 55, 47, tzinfo=UTC), "osmand")
    assert place(heard(payloads.LOCATION_QUERY)) == (60.0, 30.0, datetime.fromtimestamp(1377177267, UTC), "osmand")
    assert heard(payloads.NO_ID_QUERY) == Unusable(Reason.NO_ID)


@pytest.mark.parametrize(
    ("query", "body", "source"),
    [
        (payloads.TRACCAR8_CLIENT_QUERY, b"", "osmand"),
        (b"", payloads.TRACCAR8_CLIENT_QUERY, "traccar10"),
        (payloads.LOGGER_QUERY, b"", "osmand"),
        (b"", payloads.TRACCAR10_FORM, "traccar10"),
        (b"", payloads.OWNTRACKS, "owntracks"),
        (b"", payloads.OWNTRACKS_STILL, "owntracks"),
        (b"u=blisko&d=7", payloads.OWNTRACKS, "owntracks"),
        (b"", payloads.TRACCAR9_UNKNOWNS, "traccar9"),
    ],
)
def test_every_dialect_says_the_same_place_and_time(query: bytes, body: bytes, source: str) -> None:
    assert place(heard(query, body)) == (52.2297, 21.0122, SEVEN, source)


def test_milliseconds_are_told_from_seconds() -> None:
    assert place(heard(payloads.OSMAND_APP_QUERY))[2] == SEVEN + timedelta(milliseconds=123)
    assert place(heard(b"", payloads.TRACCAR9_JSON))[2] == SEVEN + timedelta(milliseconds=250)


def test_missing_time_is_the_time_of_arrival() -> None:
    assert place(heard(b"id=1&lat=52.1&lon=21.1"))[2] == NOW


def test_everything_traccar_9_says_is_understood_and_its_decoy_is_not() -> None:
    fix = heard(b"", payloads.TRACCAR9_JSON)
    assert isinstance(fix, Fix)
    assert (fix.lat, fix.lon, fix.accuracy, fix.altitude, fix.heading) == (52.2297, 21.0122, 4.8, 113.2, 271.5)
    assert (fix.speed_mps, fix.battery, fix.mock, fix.moving) == (12.5, 78, False, True)


def test_minus_one_means_unknown_and_mock_is_kept_as_mock() -> None:
    fix = heard(b"", payloads.TRACCAR9_UNKNOWNS)
    assert isinstance(fix, Fix)
    assert (fix.speed_mps, fix.heading, fix.battery, fix.mock, fix.moving) == (None, None, None, True, False)
    still = heard(b"", payloads.OWNTRACKS_STILL)
    assert isinstance(still, Fix)
    assert (still.battery, still.accuracy, still.speed_mps) == (None, None, None)


def test_kilometres_an_hour_become_metres_a_second() -> None:
    fix = heard(b"", payloads.OWNTRACKS)
    assert isinstance(fix, Fix)
    assert fix.speed_mps == pytest.approx(12.5)
    assert (fix.accuracy, fix.heading, fix.battery) == (12, 271, 78)


@pytest.mark.parametrize("query", [payloads.TRACCAR8_CLIENT_QUERY, payloads.OSMAND_APP_QUERY])
def test_speed_of_doubtful_unit_is_never_believed(query: bytes) -> None:
    fix = heard(query)
    assert isinstance(fix, Fix)
    assert fix.speed_mps is None


@pytest.mark.parametrize(
    "body",
    [payloads.TRACCAR9_HEARTBEAT, payloads.TRACCAR9_NO_COORDS, payloads.TRACCAR10_HEARTBEAT, payloads.OWNTRACKS_PING],
)
def test_sign_of_life_is_no_position(body: bytes) -> None:
    assert isinstance(heard(b"", body), Heartbeat)


def test_heartbeat_in_a_query_is_no_position() -> None:
    assert heard(payloads.HEARTBEAT_QUERY) == Heartbeat(SEVEN)


def test_sign_of_life_says_what_time_it_is_where_it_was_made() -> None:
    said = [heard(b"", body) for body in (payloads.TRACCAR9_HEARTBEAT, payloads.TRACCAR10_HEARTBEAT, payloads.OWNTRACKS_PING)]
    assert said == [Heartbeat(NOW), Heartbeat(SEVEN), Heartbeat(SEVEN)]
    assert heard(b"id=1&batt=5") == Heartbeat() == heard(b"", b'{"device_id":"1"}')


def test_crossing_into_a_region_is_a_fix_that_says_so() -> None:
    fix = heard(b"", payloads.OWNTRACKS_TRANSITION)
    assert isinstance(fix, Fix)
    assert (fix.transition, fix.fix_time, fix.lat) == ("enter", SEVEN, 52.2297)


@pytest.mark.parametrize("body", payloads.OWNTRACKS_OTHERS)
def test_owntracks_other_messages_are_passed_over(body: bytes) -> None:
    assert isinstance(heard(b"", body), Ignored)


def test_wifi_names_end_at_the_door() -> None:
    report = read_report(b"", payloads.OWNTRACKS, (), NOW)
    assert "customer" not in repr(report)
    assert "c0:ff" not in repr(report)


def test_each_app_gets_the_answer_it_waits_for() -> None:
    for body in (payloads.OWNTRACKS, *payloads.OWNTRACKS_OTHERS):
        assert read_report(b"", body, (), NOW).answer == b"[]"
    assert read_report(b"", b"", payloads.OWNTRACKS_HEADERS, NOW) == Report([Ignored("empty")], b"[]")
    assert read_report(b"u=blisko&d=7", b"", (), NOW) == Report([Ignored("empty")], b"[]")
    for body in (payloads.TRACCAR9_JSON, payloads.TRACCAR10_FORM):
        assert read_report(b"", body, (), NOW).answer == b""
    assert read_report(b"", b"", (), NOW) == Report([Ignored("empty")], b"")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (b"id=1&lat=91&lon=21&timestamp=1795330800", Reason.NO_PLACE),
        (b"id=1&lat=52&lon=-180.01&timestamp=1795330800", Reason.NO_PLACE),
        (b"id=1&lat=NaN&lon=21&timestamp=1795330800", Reason.NO_PLACE),
        (b"id=1&lat=inf&lon=21&timestamp=1795330800", Reason.NO_PLACE),
        (b"id=1&lat=52.1&timestamp=1795330800", Reason.NO_PLACE),
        (b"id=1&location=52.1&timestamp=1795330800", Reason.NO_PLACE),
        (b"id=1&lat=0.0&lon=0.0&timestamp=1795330800", Reason.NULL_ISLAND),
        (b"id=1&lat=52.1&lon=21.1&timestamp=yesterday", Reason.BAD_TIME),
        (b"id=1&lat=52.1&lon=21.1&timestamp=99999999999999999999", Reason.BAD_TIME),
        (b"id=1&lat=52.1&lon=21.1&accuracy=20000", Reason.TOO_VAGUE),
        (b"id=1&lat=52.1&lon=21.1&valid=false", Reason.NOT_VALID),
    ],
)
def test_what_cannot_be_a_fix_says_why(query: bytes, reason: Reason) -> None:
    assert heard(query) == Unusable(reason)
    assert heard(b"", query) == Unusable(reason)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", Reason.UNREADABLE),
        (b'{"lat": NaN}', Reason.UNREADABLE),
        (b"\xff\xfe\x00", Reason.UNREADABLE),
        (b"[1]", Reason.UNKNOWN_DIALECT),
        (b'{"latitude": 52.1}', Reason.UNKNOWN_DIALECT),
        (b'{"device_id":"1","location":"here"}', Reason.UNREADABLE),
        (b'{"location":{"coords":{"latitude":52,"longitude":21}}}', Reason.NO_ID),
        (b'{"_type":"location","lat":52.1,"lon":21.1,"tid":"jk"}', Reason.BAD_TIME),
        (b'{"_type":"location","lat":true,"lon":21.1,"tst":1795330800}', Reason.NO_PLACE),
        (b"[" * 5000, Reason.UNREADABLE),
    ],
)
def test_broken_body_says_why(body: bytes, reason: Reason) -> None:
    assert heard(b"", body) == Unusable(reason)


def test_batch_of_locations_is_heard_one_by_one() -> None:
    body = b'{"device_id":"1","location":[{"coords":{"latitude":52,"longitude":21},"timestamp":"2026-11-22T07:00:00Z"},{"coords":{}}]}'
    records = read_report(b"", body, (), NOW).records
    assert [type(record) for record in records] == [Fix, Heartbeat]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["_type", "location", "device_id", "coords", "lat", "lon", "tst", "battery", "timestamp"]), inner)
    ),
    max_leaves=12,
)


@given(query=st.binary(max_size=120), body=st.binary(max_size=120))
def test_no_bytes_at_all_bring_the_reader_down(query: bytes, body: bytes) -> None:
    assert read_report(query, body, (), NOW).records or body.strip() == b"[]"  # a batch of none is one


@given(said=json_values, kind=st.sampled_from(["location", "transition", None]))
def test_no_json_at_all_brings_the_reader_down(said: object, kind: str | None) -> None:

    whole = {"_type": kind, **said} if isinstance(said, dict) and kind else said
    try:
        body = msgspec.json.encode(whole)
    except (OverflowError, UnicodeEncodeError):
        return
    for record in read_report(b"", body, (), NOW).records:
        if isinstance(record, Fix):
            assert -90 <= record.lat <= 90
            assert -180 <= record.lon <= 180
            assert record.fix_time.tzinfo is not None
