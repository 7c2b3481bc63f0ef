from blisko.kit.errors import Gone, Invalid, NotAllowed, NotFound, TooMany, Unavailable, WrongMoment


class NoSuchDevice(NotFound):
    """No device with this id, or none this actor may know of."""

    words = "We do not know this phone."


class UnknownApp(Invalid):
    """No provisioning is known for this app."""

    words = "Choose one of the apps in the list."


class BadPrivateTime(Invalid):
    """Private time of another length than is offered; `details`: the `minutes` there are."""

    words = "Choose one of the lengths that are offered."


class DatabaseAway(Unavailable):
    """Nothing can be kept for the moment; the phone keeps its reports and sends them again."""

    retry_after = 5


class UnknownStep(Invalid):
    """No step has this name."""

    words = "Choose one of the buttons on the page."


class ForeignForm(NotAllowed):
    """Another site sent a form to a customer's link."""

    words = "This did not come from our page. Please open your link and try again."


class ReportNotReady(Unavailable):
    """The visit has ended, but its report has not been issued yet."""

    words = "The report is being prepared. Please try again in a minute."
    retry_after = 30


class NothingToSee(Gone):
    """The link is right, but shows no such thing in this stage."""

    words = "There is nothing to see here now."


class UnreadablePlace(Invalid):
    """The form names no visit, no technician or no time we could read."""

    words = "Choose a visit, a technician and a time."


class BadOperation(Invalid):
    """A telephone's record we cannot read; `details`: the `field` that is wrong."""

    words = "This could not be read. Please do it again."


class ForeignQueue(NotAllowed):
    """Somebody else's telephone keeps its work under this name."""

    words = "This work was done by somebody else. Sign in as who did it."


class BrokenUpload(Invalid):
    """A file arrived otherwise than it was announced, or is too big."""

    words = "The file did not arrive whole. It will be sent again."


class ManyUploads(TooMany):
    """As many pictures of one technician are on their way as we keep; some have to be used or forgotten first."""

    words = "Too many pictures are on their way. They will be sent again later."


class UploadAway(WrongMoment):
    """The picture of an operation has not arrived yet: it has to be sent first."""

    words = "The picture has not arrived yet. It will be sent again."


class NoSuchOperation(NotFound):
    """No operation with this id waits for a dispatcher."""

    words = "Somebody has looked at this already."


class NoSuchHelp(NotFound):
    """No help thread with this id, or none this actor may answer."""

    words = "We do not know this request for help."


class NothingSaid(Invalid):
    """An answer without words, or a thread closed without what was the matter."""

    words = "Please write a few words first."
