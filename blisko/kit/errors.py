"""The six ways to say no. An app subclasses one of them; its docstring is the developer's sentence, `words` the reader's."""

from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):
    """A polite no that a person or a program can act on; never a bug.

    `words`: the sentence for the reader, translatable. `details`: values for programs (field names, limits), JSON only.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    words: str = "This cannot be done."
    retry_after: int | None = None

    def __init__(self, words: str | None = None, *, details: Mapping[str, object] | None = None, retry_after: int | None = None) -> None:
        if words is not None:
            self.words = words
        if retry_after is not None:
            self.retry_after = retry_after
        self.details: dict[str, object] = dict(details or {})
        super().__init__(str(self.words))


class NotFound(Refusal):
    """There is no such thing, or none this actor may know of."""

    status, code = 404, "not-found"
    words = "We could not find that."


class Gone(NotFound):
    """There was such a thing and it has ended: the door is closed for good."""

    status, code = 410, "gone"
    words = "This is no longer here."


class NotAllowed(Refusal):
    """This actor may not do that."""

    status, code = 403, "not-allowed"
    words = "You may not do that."


class WrongMoment(Refusal):
    """It could be done at another moment, but not in the present state."""

    status, code = 409, "wrong-moment"
    words = "This cannot be done at this moment."


class Invalid(Refusal):
    """What was given does not make sense; `details` names the fields."""

    status, code = 422, "invalid"
    words = "Something in what you sent is not right."


class TooMany(Refusal):
    """Too many tries in too short a time; `retry_after` seconds help."""

    status, code = 429, "too-many"
    words = "Too many tries. Please wait a moment."
    retry_after = 60


class Unavailable(Refusal):
    """Something we need is away for the moment; trying again helps."""

    status, code = 503, "unavailable"
    words = "This is not available right now. Please try again shortly."
    retry_after = 10
