"""Work done without a network takes effect once, in its order, at its time, and nothing of it is lost (F11, F4, O7)."""

import hashlib
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM, Actor
from blisko.access.services import run_retention
from blisko.accounts.models import User
from blisko.accounts.services import add_user
from blisko.accounts.tests.make import an_actor
from blisko.customers.tests.make import a_site
from blisko.field.models import DepotStock, Technician, Van, VanStock
from blisko.field.queries import own_technician, used_for
from blisko.field.services import set_depot, set_van
from blisko.field.tests.make import a_technician, let_work
from blisko.kit.errors import WrongMoment
from blisko.kit.models import Step
from blisko.kit.tests.at_once import AtOnce
from blisko.live.errors import BadOperation, BrokenUpload, ForeignQueue, ManyUploads, NoSuchOperation, UploadAway
from blisko.live.models import Operation, OperationQueue, Upload
from blisko.live.queries.operations import have_of, own_aside, set_aside
from blisko.live.queries.parts import VisitPart, visit_parts
from blisko.live.rules.operations import (
    EVIDENCE,
    HELP,
    HIGHEST,
    LONGEST_KEPT,
    SAME_CLOCK,
    STOCK,
    Kind,
    OperationState,
    Told,
    own_time,
    read_told,
)
from blisko.live.services.operations import GAP_BEARS, apply_aside, dismiss_aside, go_on_without, take_operations
from blisko.live.services.uploads import MOST_OPEN, take_piece
from blisko.planning.services import assign_visit, unassign_visit
from blisko.visits.models import JobType, Photo, Tick, Visit, VisitRequest
from blisko.visits.queries import evidence_of
from blisko.visits.rules import VISIT_LIFE, CancelReason, VisitState
from blisko.visits.services import cancel_visit
from blisko.visits.tests.make import a_job_type, a_visit
from blisko.visits.tests.test_photos import picture

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db
SIGNS_IN = "allauth.account.auth_backends.AuthenticationBackend"
STEPS = ("set_out", "turn_back", "arrive", "finish", "no_access", "give_up", "need_another")


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def a_day(visits: int = 1) -> tuple[Technician, Actor, list[Visit]]:
    """Answer a technician, as whom he acts, and visits of his that are his to do."""
    a_job_type()
    JobType.objects.update(checklist=[{"en": "Look"}, {"en": "Clean"}])
    who = a_technician(NOW)
    let_work(who, NOW - timedelta(hours=2), NOW + timedelta(hours=12), now=NOW)
    found = []
    for nr in range(visits):
        visit = a_visit(NOW, a_site(NOW), starts_in=timedelta(hours=1 + 2 * nr))
        assign_visit(visit.pk, who.pk, actor=SYSTEM, now=NOW)
        found.append(visit)
    return who, an_actor("technician", f"user:{who.user_id}"), found  # tests that empty the database leave no roles behind


def told(number: int, visit: Visit, kind: str, minute: float = 0, **data: object) -> Told:
    at = (NOW + minute * MINUTE).isoformat()
    return read_told({"id": str(uuid4()), "number": number, "visit": visit.pk, "kind": kind, "at": at, "data": data})


def send(who: Actor, queue: UUID, operations: Sequence[Told], minute: float = 60) -> list[Operation]:
    now = NOW + minute * MINUTE
    return take_operations(queue, operations, who=own_technician(who).pk, sent=now, actor=who, now=now)


def steps_of(visit: Visit) -> list[tuple[str, datetime]]:
    return list(Step.objects.filter(subject=f"visits.visit:{visit.pk}").order_by("at", "id").values_list("name", "at"))


def as_expected(done: Sequence[Told], visit: Visit) -> tuple[str, list[tuple[str, datetime]], list[str], dict[int, bool]]:
    """Play the operations of one visit in their order by the visits' own table: its state, steps, notes and ticks."""
    state, steps, notes, ticks = VisitState.BOOKED, [], [], {}
    for one in sorted(done, key=lambda each: each.number):
        if one.visit_id != visit.pk:
            continue
        if one.kind == Kind.NOTE:
            notes.append(str(one.data["text"]))
        elif one.kind == Kind.TICK:
            ticks[int(one.data["step"])] = bool(one.data["done"])
        elif (state, str(one.kind)) in VISIT_LIFE.steps:
            state = VISIT_LIFE.steps[state, str(one.kind)]
            steps.append((str(one.kind), one.at))
    return state, steps, notes, ticks


@settings(max_examples=40)
@given(
    kinds=st.lists(st.tuples(st.integers(0, 1), st.sampled_from([*STEPS, "set_out", "arrive", "note", "tick"])), min_size=1, max_size=14),
    shuffled=st.randoms(use_true_random=False),
)
def test_whatever_way_operations_arrive_they_take_effect_once_in_their_order(kinds: list[tuple[int, str]], shuffled: random.Random) -> None:
    _, actor, visits = a_day(2)
    queue, done = uuid4(), []
    for nr, (which, kind) in enumerate(kinds, 1):
        more = {"text": f"note {nr}"} if kind == "note" else {"step": nr % 2, "done": bool(nr % 3)} if kind == "tick" else {}
        done.append(told(nr, visits[which], kind, nr, **more))
    sent = [*done, *shuffled.choices(done, k=len(done) // 2)]
    shuffled.shuffle(sent)
    while sent:
        some = [sent.pop() for _ in range(min(len(sent), shuffled.randint(1, 5)))]
        send(actor, queue, some)
    for visit in visits:
        visit.refresh_from_db()
        state, steps, notes, ticks = as_expected(done, visit)
        assert visit.state == state
        assert steps_of(visit) == steps
        assert list(visit.notes.order_by("at").values_list("text", flat=True)) == notes
        assert dict(Tick.objects.filter(visit=visit).values_list("step", "done")) == ticks
    rows = Operation.objects.filter(queue_id=queue)
    assert {row.pk for row in rows} == {one.id for one in done}
    assert not rows.filter(state=OperationState.WAITING).exists()


def test_same_queue_sent_by_two_connections_at_once_takes_effect_once(at_once: AtOnce) -> None:
    _, actor, [visit] = a_day()
    queue, done = uuid4(), [told(nr, visit, kind, nr) for nr, kind in enumerate(("set_out", "arrive", "finish"), 1)]
    answers = at_once(*[lambda: send(actor, queue, done)] * 4)
    assert [repr(one) for one in answers if isinstance(one, Exception)] == []
    assert [name for name, _ in steps_of(visit)] == ["set_out", "arrive", "finish"]
    assert Operation.objects.count() == 3


@pytest.mark.parametrize(
    ("at", "clock", "after", "was"),
    [
        (-30, 0, None, -30),  # a right clock
        (-30 + 90, 90, None, -30),  # ninety minutes fast
        (-30 - 600, -600, None, -30),  # ten hours slow
        (10, 0, None, 0),  # never in the future
        (-30, 0, -20, -20),  # never before what was done before it
        (-30, 0, 5, 0),
    ],
)
def test_time_is_the_telephones_with_its_clock_put_right(at: int, clock: int, after: int | None, was: int) -> None:
    before = None if after is None else NOW + after * MINUTE
    assert own_time(NOW + at * MINUTE, sent=NOW + clock * MINUTE, now=NOW, after=before) == NOW + was * MINUTE
    assert own_time(NOW, sent=NOW + SAME_CLOCK / 2, now=NOW + SAME_CLOCK, after=None) == NOW
    assert own_time(datetime.max.replace(tzinfo=UTC), sent=NOW, now=NOW + MINUTE, after=None) == NOW + MINUTE
    assert own_time(datetime.min.replace(tzinfo=UTC), sent=NOW, now=NOW, after=None) == NOW - LONGEST_KEPT


def test_cancelled_meanwhile_keeps_the_evidence_and_sets_the_steps_aside() -> None:
    who, actor, [visit] = a_day()
    cancel_visit(visit.pk, actor=SYSTEM, now=NOW + 5 * MINUTE, reason=CancelReason.FIXED_ITSELF)
    queue = uuid4()
    content = picture(7)
    upload(actor, content)
    sha256 = hashlib.sha256(content).hexdigest()
    rows = send(
        actor,
        queue,
        [
            told(1, visit, "set_out", 10),
            told(2, visit, "arrive", 20),
            told(3, visit, "note", 25, text="Wymieniono gniazdko."),
            told(4, visit, "photo", 26, sha256=sha256, caption=""),
            told(5, visit, "finish", 30),
        ],
    )
    assert [(row.kind, row.state) for row in rows] == [
        ("set_out", "aside"), ("arrive", "aside"), ("note", "applied"), ("photo", "applied"), ("finish", "aside"),
    ]  # fmt: skip
    visit.refresh_from_db()
    assert visit.state == VisitState.CANCELLED
    assert [note.text for note in visit.notes.all()] == ["Wymieniono gniazdko."]
    assert Photo.objects.get(visit=visit).at == NOW + 26 * MINUTE
    [waiting] = set_aside(SYSTEM)
    assert (waiting.visit, waiting.technician) == (visit, who.name)
    assert [one.kind for one in waiting.operations] == ["set_out", "arrive", "finish"]
    assert [one.kind for one in own_aside(actor, [visit.pk], since=NOW)[visit.pk]] == ["set_out", "arrive", "finish"]
    with pytest.raises(WrongMoment):
        apply_aside(rows[0].pk, actor=SYSTEM, now=NOW + 70 * MINUTE)
    for row in (rows[0], rows[1], rows[4]):
        dismiss_aside(row.pk, actor=SYSTEM, now=NOW + 70 * MINUTE)
    assert set_aside(SYSTEM) == []


def test_given_to_a_colleague_meanwhile_a_dispatcher_lets_the_work_count() -> None:
    _, actor, [visit] = a_day()
    unassign_visit(visit.pk, actor=SYSTEM, now=NOW + 5 * MINUTE)
    rows = send(actor, uuid4(), [told(1, visit, "arrive", 20), told(2, visit, "tick", 22, step=0, done=True), told(3, visit, "finish", 30)])
    assert [row.state for row in rows] == ["aside", "applied", "aside"]
    visit.refresh_from_db()
    assert visit.state == VisitState.BOOKED
    for row in (rows[0], rows[2]):
        with pytest.raises(Forbidden):
            apply_aside(row.pk, actor=actor, now=NOW + 70 * MINUTE)
        apply_aside(row.pk, actor=an_actor("dispatcher"), now=NOW + 70 * MINUTE)
        with pytest.raises(NoSuchOperation):
            apply_aside(row.pk, actor=SYSTEM, now=NOW + 70 * MINUTE)
    visit.refresh_from_db()
    assert (visit.state, visit.arrived_at, visit.ended_at) == (VisitState.DONE, NOW + 20 * MINUTE, NOW + 30 * MINUTE)


def test_stranger_cannot_leave_anything_on_a_visit() -> None:
    _, _, [visit] = a_day()
    _, other, _ = a_day()
    rows = send(other, uuid4(), [told(1, visit, "note", text="I was here"), told(2, visit, "arrive")])
    assert [(row.state, row.reason) for row in rows] == [("aside", "not-found")] * 2
    assert not visit.notes.exists()


def test_odd_record_holds_up_nothing_and_is_seen() -> None:
    _, actor, [visit] = a_day()
    queue = uuid4()
    odd = {"number": 2, "visit": visit.pk, "kind": "note", "at": NOW.isoformat(), "data": {"text": "x"}}
    bad: list[dict[str, Any]] = [
        {"kind": "dance"}, {"at": "yesterday"}, {"at": None}, {"visit": -1}, {"visit": True}, {"data": []}, {"data": {"text": 5}},
        {"data": {}},
        {"kind": "measure", "data": {"key": "signal", "value": "NaN"}}, {"kind": "photo", "data": {"sha256": "zz"}},
    ]  # fmt: skip
    operations = [told(1, visit, "set_out", 1)]
    for nr, change in enumerate(bad, 2):
        operations.append(read_told({**odd, "id": str(uuid4()), **change, "number": nr}))
        assert operations[-1].kind == Kind.ODD
    operations.append(told(len(bad) + 2, visit, "arrive", 9))
    rows = send(actor, queue, operations)
    assert [row.state for row in rows] == ["applied", *["aside"] * len(bad), "applied"]
    assert all(row.data["told"] for row in rows[1:-1])
    for raw in (None, [], {"number": 1}, {"id": "x", "number": 1}, *({"id": str(uuid4()), "number": nr} for nr in ("one", 0, 2**31 - 1))):
        with pytest.raises(BadOperation):
            read_told(raw)


def test_odd_record_keeps_what_can_be_read_of_it_and_changes_nobody_elses_time() -> None:
    _, actor, [visit] = a_day()
    odd = {"id": str(uuid4()), "number": 1, "visit": visit.pk, "kind": "measure", "at": "2026-11-27T08:10:00Z", "data": {"value": "much"}}
    blind = {**odd, "id": str(uuid4()), "number": 2, "visit": "?", "at": "?"}
    rows = send(actor, uuid4(), [read_told(odd), read_told(blind), told(3, visit, "set_out", 5)], 120)
    assert [(row.visit_id, row.at) for row in rows] == [
        (visit.pk, NOW + 10 * MINUTE), (0, NOW + 120 * MINUTE), (visit.pk, NOW + 5 * MINUTE),
    ]  # fmt: skip
    assert steps_of(visit) == [("set_out", NOW + 5 * MINUTE)]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_clock_out_of_its_mind_holds_up_nothing(at: str) -> None:
    _, actor, [visit] = a_day()
    raw = {"id": str(uuid4()), "number": 1, "visit": visit.pk, "kind": "note", "at": at, "data": {"text": "still here"}}
    rows = send(actor, uuid4(), [read_told(raw), told(2, visit, "set_out", 5)])
    assert rows[1].state == OperationState.APPLIED
    assert Operation.objects.get(pk=rows[0].pk).state in (OperationState.APPLIED, OperationState.ASIDE)


def test_last_number_there_is_holds_up_no_other_queue() -> None:
    _, first, [visit] = a_day()
    _, second, [other] = a_day()
    send(first, UUID(int=1), [told(HIGHEST, visit, "set_out", 1)])
    send(second, UUID(int=2), [told(2, other, "set_out", 1)])
    later = NOW + 61 * MINUTE + GAP_BEARS
    assert go_on_without(now=later) == 2
    assert {one.state for one in Visit.objects.filter(pk__in=(visit.pk, other.pk))} == {VisitState.ON_THE_WAY}


def test_queue_that_cannot_go_on_holds_up_no_other() -> None:
    _, first, [visit] = a_day()
    _, second, [other] = a_day()
    send(first, UUID(int=1), [told(2, visit, "set_out", 1)])
    send(second, UUID(int=2), [told(2, other, "set_out", 1)])
    Operation.objects.filter(visit_id=visit.pk).update(number=HIGHEST + 1)  # taken in before there was a highest
    assert go_on_without(now=NOW + 61 * MINUTE + GAP_BEARS) == 1
    assert {one.pk: one.state for one in Visit.objects.all()} == {visit.pk: VisitState.BOOKED, other.pk: VisitState.ON_THE_WAY}


def test_waiting_work_goes_on_while_somebody_else_changes_the_visit(at_once: AtOnce) -> None:
    """Both hold the visit before anything of it: neither waits for the other for ever."""
    _, actor, [visit] = a_day()
    send(actor, uuid4(), [told(2, visit, "note", 1, text="Ready")])
    later = NOW + 61 * MINUTE + GAP_BEARS
    tries = [lambda: go_on_without(now=later), lambda: cancel_visit(visit.pk, actor=SYSTEM, now=later, reason=CancelReason.OPERATOR)]
    assert [repr(one) for one in at_once(*tries) if isinstance(one, Exception)] == []
    assert [note.text for note in visit.notes.all()] == ["Ready"]


def test_number_that_never_comes_holds_up_nothing_for_ever() -> None:
    _, actor, [visit] = a_day()
    rows = send(actor, uuid4(), [told(2, visit, "set_out", 1), told(4, visit, "arrive", 3)])
    assert [row.state for row in rows] == ["waiting", "waiting"]
    later = NOW + 60 * MINUTE + GAP_BEARS
    assert go_on_without(now=later) == 0
    assert go_on_without(now=later + MINUTE) == 1
    visit.refresh_from_db()
    assert visit.state == VisitState.ON_THE_WAY
    assert go_on_without(now=later + 2 * MINUTE) == 1
    visit.refresh_from_db()
    assert (visit.state, visit.arrived_at) == (VisitState.ON_SITE, NOW + 3 * MINUTE)
    # The lost ones arrive after all: each once, and late.
    queue = OperationQueue.objects.get()
    assert queue.due == 5
    late = send(actor, queue.pk, [told(1, visit, "note", 0, text="first"), told(3, visit, "set_out", 2)], 90)
    assert [row.state for row in late] == ["applied", "aside"]


def test_queue_is_its_technicians_own() -> None:
    _, actor, [visit] = a_day()
    _, other, _ = a_day()
    queue = uuid4()
    send(actor, queue, [told(1, visit, "set_out")])
    with pytest.raises(ForeignQueue):
        send(other, queue, [told(2, visit, "arrive")])


def test_work_of_one_is_never_taken_as_anothers_on_the_same_telephone() -> None:
    """A's page may still be open, or kept, where B has signed in since: what it sends is A's."""
    who, _, [visit] = a_day()
    other, actor, _ = a_day()
    first = told(1, visit, "set_out")
    with pytest.raises(ForeignQueue):
        take_operations(uuid4(), [first], who=who.pk, sent=NOW, actor=actor, now=NOW)
    assert not OperationQueue.objects.exists()
    client = signed_in(other)
    raw = {"id": str(first.id), "number": 1, "visit": visit.pk, "kind": "set_out", "at": NOW.isoformat(), "data": {}}
    message = {"who": str(who.pk), "queue": str(uuid4()), "sent": NOW.isoformat(), "operations": [raw]}
    answer = client.post("/t/operations/", json.dumps(message), content_type="application/json", headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    path, octets = f"/t/uploads/{'ab' * 32}/", "application/octet-stream"
    assert client.get(f"{path}have/?who={who.pk}").status_code == 403
    assert client.post(f"{path}?who={who.pk}&offset=0&length=1", b"x", content_type=octets).status_code == 403
    assert not OperationQueue.objects.exists() and not Upload.objects.exists()


def upload(actor: Actor, content: bytes, *, piece: int = 100) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    while (have := have_of(actor, sha256)) < len(content):
        take_piece(sha256, content[have : have + piece], offset=have, length=len(content), actor=actor, now=NOW)


def test_picture_arrives_in_pieces_and_is_what_it_was_announced_as() -> None:
    who, actor, [visit] = a_day()
    content = picture(3)
    sha256 = hashlib.sha256(content).hexdigest()
    with pytest.raises(UploadAway):
        send(actor, uuid4(), [told(1, visit, "arrive"), told(2, visit, "photo", sha256=sha256)])
    visit.refresh_from_db()
    assert visit.state == VisitState.BOOKED
    length = len(content)
    assert take_piece(sha256, content[:50], offset=0, length=length, actor=actor, now=NOW) == 50
    assert take_piece(sha256, content[:50], offset=0, length=length, actor=actor, now=NOW) == 50  # sent twice
    assert take_piece(sha256, content[90:], offset=90, length=length, actor=actor, now=NOW) == 50  # a gap
    assert take_piece(sha256, b"x" * (length - 50), offset=50, length=length, actor=actor, now=NOW) == 0  # something else
    upload(actor, content)
    assert take_piece(sha256, b"more", offset=length, length=length, actor=actor, now=NOW) == length
    pictures = [told(1, visit, "photo", 5, sha256=sha256, caption="Socket"), told(2, visit, "sign", 6, sha256=sha256, name="Anna")]
    rows = send(actor, uuid4(), pictures)
    assert [row.state for row in rows] == ["applied", "applied"]
    assert evidence_of(visit).photos == 1 and evidence_of(visit).signed
    assert not Upload.objects.exists()  # it is where it belongs
    upload(actor, content)
    Upload.objects.bulk_create(Upload(technician=who, sha256=f"{nr:064}", length=1, begun_at=NOW) for nr in range(MOST_OPEN - 1))
    with pytest.raises(ManyUploads):  # and it is sent again later
        take_piece("ab" * 32, b"x", offset=0, length=1, actor=actor, now=NOW)
    Upload.objects.exclude(sha256=sha256).delete()
    for sizes in ({"length": 0}, {"length": 9_000_000}):
        with pytest.raises(BrokenUpload):
            take_piece(sha256, b"x", offset=0, actor=actor, now=NOW, **sizes)
    _, other, _ = a_day()
    assert have_of(other, sha256) == 0
    assert Upload.objects.get().technician == who
    assert run_retention(now=NOW + timedelta(days=8))["live.uploads"] == 1


def test_what_is_settled_is_forgotten_and_what_waits_for_a_person_is_not() -> None:
    _, actor, [visit] = a_day()
    content = picture(9)
    upload(actor, content)
    sha256 = hashlib.sha256(content).hexdigest()
    cancel_visit(visit.pk, actor=SYSTEM, now=NOW, reason=CancelReason.OPERATOR)
    send(actor, uuid4(), [told(1, visit, "note", text="ok"), told(2, visit, "finish")])
    Operation.objects.create(
        pk=uuid4(), queue=OperationQueue.objects.get(), number=3, visit_id=0, kind="photo", data={"sha256": sha256}, told_at=NOW, at=NOW,
        received_at=NOW, state=OperationState.ASIDE,
    )  # fmt: skip
    done = run_retention(now=NOW + timedelta(days=100))
    assert (done["live.operations"], done["live.uploads"]) == (1, 0)
    assert sorted(Operation.objects.values_list("kind", flat=True)) == ["finish", "photo"]


def signed_in(technician: Technician) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=technician.user_id), backend=SIGNS_IN)
    return client


def test_door_answers_each_operation_and_refuses_what_is_no_message() -> None:
    who, _, [visit] = a_day()
    client, address = signed_in(who), "/t/operations/"
    first = {"id": str(uuid4()), "number": 1, "visit": visit.pk, "kind": "set_out", "at": datetime.now(UTC).isoformat(), "data": {}}
    third = {**first, "id": str(uuid4()), "number": 3}
    message = {"who": who.pk, "queue": str(uuid4()), "sent": datetime.now(UTC).isoformat(), "operations": [first, {"no": "id"}, third]}

    def post(body: object) -> Any:
        return client.post(address, json.dumps(body), content_type="application/json")

    told_back = post(message).json()
    answers = told_back["operations"]
    assert datetime.fromisoformat(told_back["at"]) <= datetime.now(UTC)
    assert [one["state"] for one in answers] == ["applied", "refused", "waiting"]
    assert post(message).json()["operations"][0] == answers[0]
    changes: list[dict[str, Any]] = [{"queue": "x"}, {"sent": 5}, {"operations": 7}, {"operations": [first] * 301}, {"who": "me"}]
    for body in (None, [], {}, *({**message, **change} for change in changes)):
        assert post(body).status_code == 422
    deep = "[" * 100_000 + "]" * 100_000
    assert client.post(address, deep, content_type="application/json").status_code == 422
    assert client.get(address).status_code == 405
    assert Client().post(address, "{}", content_type="application/json").status_code == 302
    content = picture(5)
    path = f"/t/uploads/{hashlib.sha256(content).hexdigest()}/"
    assert client.get(f"{path}have/?who={who.pk}").json() == {"have": 0}
    bare = "application/octet-stream"
    assert client.post(f"{path}?who={who.pk}&offset=0&length={len(content)}", content[:40], content_type=bare).json() == {"have": 40}
    assert client.get(f"{path}have/?who={who.pk}").json() == {"have": 40}
    assert client.post(f"{path}?who={who.pk}&offset=x&length=1", b"x", content_type=bare).status_code == 422


def test_every_kind_has_a_plain_form_too() -> None:
    assert set(Kind) == {Kind.ODD, *EVIDENCE, *STOCK, *HELP, *map(Kind, STEPS)}
    who, _, [visit] = a_day()
    JobType.objects.update(closing={"photos": 1, "signature": True, "checklist": True, "measures": [{"key": "signal", "min": -27}]})
    client, address = signed_in(who), f"/t/visits/{visit.pk}/take"

    def post(kind: str, **data: object) -> int:
        return int(client.post(f"{address}/{kind}/", data).status_code)

    def file() -> SimpleUploadedFile:
        return SimpleUploadedFile("photo.jpg", picture(2))

    assert [post("set_out"), post("arrive"), post("note", text="Ready")] == [302] * 3
    refused = client.post(f"{address}/finish/")
    assert refused.status_code == 422 and "still missing" in refused.content.decode()
    assert [post("tick", step=0, done="1"), post("tick", step=1, done="1"), post("measure", key="signal", value="-20,5")] == [302] * 3
    assert [post("photo", picture=file()), post("sign", picture=file(), name="Anna")] == [302] * 2
    bad = [post("measure", key="signal", value="much"), post("photo"), post("tick", step=7, done="1"), post("note"), post("odd")]
    assert bad == [422] * 5
    assert client.get(f"/t/visits/{visit.pk}/signature/")["Content-Type"] == "image/webp"
    assert post("finish", note="All good") == 302
    assert (post("finish"), post("dance")) == (409, 422)
    visit.refresh_from_db()
    assert (visit.state, visit.end_note) == (VisitState.DONE, "All good")


def test_dispatcher_sees_what_came_too_late_and_decides() -> None:
    who, actor, [visit] = a_day()
    unassign_visit(visit.pk, actor=SYSTEM, now=NOW)
    arrived, noted, finished = send(
        actor, uuid4(), [told(1, visit, "arrive", 5), told(2, visit, "note", text="Ready"), told(3, visit, "finish", 9, note="All good")]
    )
    client = Client()
    client.force_login(add_user(actor=SYSTEM, now=NOW, email="d@example.com", name="Danuta", roles=["dispatcher"]), backend=SIGNS_IN)
    page = client.get("/day/").content.decode()
    assert who.name in page and "All good" in page
    for operation, data, state in ((finished, {}, "aside"), (arrived, {}, "applied"), (finished, {"dismiss": "1"}, "dismissed")):
        assert client.post(f"/day/aside/{operation.pk}/", data).status_code == 302
        operation.refresh_from_db()
        assert operation.state == state
    assert "All good" not in client.get("/day/").content.decode()
    assert client.post(f"/day/aside/{noted.pk}/").status_code == 404
    assert signed_in(who).post(f"/day/aside/{arrived.pk}/").status_code == 403


def test_parts_told_by_a_telephone_are_booked_once_whoever_has_the_visit_now() -> None:
    who, actor, [visit] = a_day()
    set_van("BL 7", actor=SYSTEM, now=NOW, parts={"ONT": 3, "RJ45": 10})
    Technician.objects.filter(pk=who.pk).update(van=Van.objects.get(plate="BL 7"))
    unassign_visit(visit.pk, actor=SYSTEM, now=NOW)
    queue, nowhere = uuid4(), Visit(pk=0)
    done = [
        told(1, visit, "use_parts", 5, part=["ONT", "RJ45", "CABLE"], count=["1", "0", "2"]),
        told(2, nowhere, "count_van", 9, part=["ONT", "RJ45"], count=["5", "10"], was=["2", "10"]),
        told(3, visit, "use_parts", 12, part="ONT", count="1"),
        told(4, visit, "use_parts", 13, part="ONT", count="many"),
        told(5, visit, "use_parts", 14, part=[], count=[]),
        told(6, nowhere, "take_parts", 15, part="ONT", count="1", depot="nowhere"),
    ]
    for _ in range(2):
        rows = send(actor, queue, done)
        assert [row.state for row in rows] == ["applied", "applied", "applied", "aside", "applied", "aside"]
    assert dict(VanStock.objects.filter(van__plate="BL 7").values_list("part__code", "count")) == {"ONT": 4, "RJ45": 10}
    assert used_for([visit.pk]) == {visit.pk: {"ONT": 2, "CABLE": 2}}
    assert visit_parts(SYSTEM, visit.pk, now=NOW).rows == [VisitPart("CABLE", {"en": "CABLE"}, 0, 2), VisitPart("ONT", {"en": "ONT"}, 0, 2)]
    _, stranger, _ = a_day()
    [row] = send(stranger, uuid4(), [told(1, visit, "use_parts", part="ONT", count="1")])
    assert (row.state, row.reason) == ("aside", "not-found")


def test_parts_are_taken_and_brought_back_without_a_network() -> None:
    who, actor, _ = a_day()
    set_van("BL 7", actor=SYSTEM, now=NOW, parts={"ONT": 1})
    Technician.objects.filter(pk=who.pk).update(van=Van.objects.get(plate="BL 7"))
    set_depot("main", name="Main", lat=52.0, lon=19.2, parts={"ONT": 5}, actor=SYSTEM, now=NOW)
    nowhere = Visit(pk=0)
    done = [
        told(1, nowhere, "take_parts", 1, part="ONT", count="3", depot="main"),
        told(2, nowhere, "return_parts", 2, part="ONT", count="1", depot="main"),
    ]
    assert [row.state for row in send(actor, uuid4(), done)] == ["applied", "applied"]
    assert VanStock.objects.get(van__plate="BL 7").count == 3
    assert DepotStock.objects.get(depot__code="main").count == 3


def test_next_visit_asked_for_without_a_network_says_what_it_needs() -> None:
    _, actor, [visit] = a_day()
    needs = {"note": "ONT is broken", "cause": "part", "part_1": "ONT", "count_1": "2", "skill": "fibre", "level": "3"}
    rows = send(actor, uuid4(), [told(1, visit, "arrive", 5), told(2, visit, "need_another", 9, **needs)])
    assert [row.state for row in rows] == ["applied", "applied"]
    request = VisitRequest.objects.get(visit=visit)
    assert (request.cause, request.more_parts, request.more_skills) == ("part", [{"part": "ONT", "count": 2}], {"fibre": 3})
    assert request.text == "ONT is broken"


def test_half_of_a_sign_is_no_reason_to_hold_up_a_queue() -> None:
    _, actor, [visit] = a_day()
    [row] = send(actor, uuid4(), [told(1, visit, "note", text="Ready \ud83d and\x00 gone")])
    assert row.state == "applied"
    assert visit.notes.get().text == "Ready ? and gone"


def test_what_went_wrong_in_the_van_is_seen_by_the_technician_and_the_dispatcher_too() -> None:
    who, actor, _ = a_day()
    set_van("BL 7", actor=SYSTEM, now=NOW, parts={"ONT": 1})
    Technician.objects.filter(pk=who.pk).update(van=Van.objects.get(plate="BL 7"))
    take = told(1, Visit(pk=0), "take_parts", 1, part="ONT", count="3", depot="main")
    [row] = send(actor, uuid4(), [take])
    assert row.state == "aside"
    [waiting] = set_aside(SYSTEM)
    assert (waiting.visit, waiting.technician) == (None, who.name)
    assert list(own_aside(actor, [0], since=NOW)) == [0]
    set_depot("main", name="Main", lat=52.0, lon=19.2, parts={"ONT": 5}, actor=SYSTEM, now=NOW)
    apply_aside(row.pk, actor=an_actor("dispatcher"), now=NOW + 90 * MINUTE)
    assert VanStock.objects.get(van__plate="BL 7").count == 4
