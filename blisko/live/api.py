"""The customer's link for the operator's own app: issue one for whoever is signed in there, or read what it shows."""

from typing import TYPE_CHECKING, Annotated, Any

from ninja import Router, Schema, Status
from pydantic import Field

from blisko.access.services import reveal_token
from blisko.kit import clock
from blisko.kit.api import Id, Moment, answers_with_secret
from blisko.kit.requests import HouseRequest
from blisko.live.queries.app_links import EMBEDDABLE, app_links_of
from blisko.live.queries.document import document_for_program
from blisko.live.rules.looks import Shown
from blisko.live.rules.stages import Stage
from blisko.live.services.app_links import issue_app_link, issue_app_links, revoke_app_link
from blisko.messaging.services.sending import capability_url
from blisko.visits.rules import RequestState, VisitState

if TYPE_CHECKING:
    from blisko.access.models import Key

router = Router()
Minutes = Annotated[int, Field(ge=1, le=1440, description="How long the link is good for.")]


class LinksIn(Schema):
    minutes: Minutes = 15
    embeddable: Annotated[bool, Field(description="May be shown in a frame by the sites that BLISKO_EMBED_BY names.")] = False


class LinkIn(LinksIn):
    customer_id: Annotated[Id | None, Field(description="Who is signed in: 404 where the visit is another’s. Null: you checked.")] = None


class LinkOut(Schema):
    id: int
    visit_id: int
    until: Moment
    embeddable: bool

    @classmethod
    def facts(cls, key: "Key") -> dict[str, Any]:
        """Answer what may always be told of a link."""
        return {"id": key.pk, "visit_id": int(key.opens.partition(":")[2]), "until": key.until, "embeddable": EMBEDDABLE in key.scopes}


class IssuedLink(LinkOut):
    url: Annotated[str, Field(description="Told in this answer alone; `/visit.json` and `/visit.ics` may follow it.")]


def _issued(key: "Key") -> IssuedLink:
    return IssuedLink(**LinkOut.facts(key), url=capability_url(reveal_token(key.pk)))


class Span(Schema):
    starts: Annotated[Moment, Field(alias="from")]
    ends: Annotated[Moment, Field(alias="to")]


class Range(Schema):
    starts: Annotated[Moment | None, Field(alias="from", description="Null: any minute now.")]
    ends: Annotated[Moment, Field(alias="to")]
    by_plan: Annotated[bool, Field(description="Known from the plan, not from a position.")]


class Place(Schema):
    lat: float
    lon: float


class Position(Place):
    heading: float | None
    kilometres: Any = None


class Route(Schema):
    line: Annotated[list[list[float]], Field(description="Longitude and latitude of each point.")]
    estimated: bool


class Seen(Schema):
    at: Moment
    fresh: bool


class Ring(Schema):
    uri: str
    masked: bool


class WrittenNote(Schema):
    at: Moment
    text: str


class ShownPhoto(Schema):
    id: int
    at: Moment
    caption: str


class GivenAnswer(Schema):
    works: bool
    at: Moment
    asked: str


class Stars(Schema):
    stars: int | None
    comment: str


class FollowUp(Schema):
    state: RequestState
    window: Span | None


class Held(Schema):
    window: Span
    until: Moment
    earlier: bool


class Saved(Schema):
    kilometres: Any
    minutes: int


class Delay(Span):
    at: Moment
    replied: Annotated[str, Field(description="What the customer answered: empty while nothing.")]


class LinkFields(Schema):
    """What the stage may show. A field that the stage may not show is absent; one it may show that is not known is null."""

    number: str | None = None
    job: dict[str, str] | None = None
    window: Span | None = None
    choose_form: Annotated[bool | None, Field(description="Nothing is promised yet: the customer is asked to choose a time.")] = None
    choose_until: Moment | None = None
    likely: Annotated[Span | None, Field(description="A narrower window than the promised one, where recent days say that it holds.")] = (
        None
    )
    hotline: str | None = None
    address: str | None = None
    technician_name: str | None = None
    technician_photo: Annotated[bool | None, Field(description="There is one, at `/photo` behind the link.")] = None
    technician_phone: Ring | None = None
    home: Place | None = None
    position: Position | None = None
    route: Route | None = None
    seen: Seen | None = None
    eta: Range | None = None
    delay: Annotated[Delay | None, Field(description="What was told last of another time, and the answer.")] = None
    delay_form: bool | None = None
    stops_before: int | None = None
    map_comes: bool | None = None
    arrived_at: Moment | None = None
    notes: list[WrittenNote] | None = None
    note_form: Annotated[bool | None, Field(description="A note may be left now; so with the other forms.")] = None
    photos: list[ShownPhoto] | None = None
    photo_form: bool | None = None
    notices_form: bool | None = None
    ended_at: Moment | None = None
    question: bool | None = None
    answer: GivenAnswer | None = None
    later_question: Annotated[bool | None, Field(description="Whether it is asked by now if everything still works.")] = None
    later_answer: GivenAnswer | None = None
    trouble_form: bool | None = None
    rating_form: bool | None = None
    rating: Stars | None = None
    outcome: VisitState | None = None
    follow_up: FollowUp | None = None
    report: Annotated[bool | None, Field(description="There is one, at `/report` behind the link.")] = None
    dispute_form: bool | None = None
    dispute: dict[str, Any] | None = None
    cancel_reason: str | None = None
    saved: Saved | None = None
    move_form: bool | None = None
    cancel_form: bool | None = None
    again_form: bool | None = None
    waits: bool | None = None
    calendar: bool | None = None
    held: Held | None = None


class Step(Schema):
    name: str
    state: str


class LinkView(Schema):
    """What the customer's link to a visit shows now; the same as `visit.json` behind the link."""

    visit_id: int
    stage: Stage
    steps: list[Step]
    at: Moment
    language: str
    fields: LinkFields


@router.post("visits/{visit_id}/links", response={201: IssuedLink}, operation_id="issue_link")
@answers_with_secret
def issue_link(request: HouseRequest, visit_id: Id, body: LinkIn) -> Status[IssuedLink]:
    """Issue a short-lived link to a visit, one more each time (an `Idempotency-Key` does nothing here); it ends by itself."""
    return Status(201, _issued(issue_app_link(visit_id, **body.model_dump(), actor=request.actor, now=clock.now())))


@router.get("visits/{visit_id}/links", response=list[LinkOut], operation_id="list_links")
def list_links(request: HouseRequest, visit_id: Id) -> list[LinkOut]:
    """The links to a visit that were issued here and have not ended, newest first."""
    return [LinkOut(**LinkOut.facts(key)) for key in app_links_of(request.actor, visit_id, now=clock.now())]


@router.delete("visits/{visit_id}/links/{link_id}", response={204: None}, operation_id="revoke_link")
def revoke_link(request: HouseRequest, visit_id: Id, link_id: Id) -> Status[None]:
    """End a link before its time."""
    revoke_app_link(visit_id, link_id, actor=request.actor, now=clock.now())
    return Status(204, None)


@router.post("customers/{customer_id}/links", response={201: list[IssuedLink]}, operation_id="issue_customer_links")
@answers_with_secret
def issue_customer_links(request: HouseRequest, customer_id: Id, body: LinksIn) -> Status[list[IssuedLink]]:
    """Issue a short-lived link to each visit of a customer that has not ended, the next visits first, at most 50."""
    made = issue_app_links(customer_id, **body.model_dump(), actor=request.actor, now=clock.now())
    return Status(201, [_issued(key) for key in made])


@router.get("visits/{visit_id}/link-view", response=LinkView, operation_id="get_link_view", exclude_unset=True, by_alias=True)
def get_link_view(request: HouseRequest, visit_id: Id) -> dict[str, Any]:
    """What the customer's link to a visit shows now: its stage, and only the fields that this stage may show."""
    opened, told = document_for_program(request.actor, visit_id, now=clock.now())
    if opened.shows is not None:
        request.shown = Shown(request.actor.id, request.actor.name, (opened.shows,))
    return told
