from blisko.kit.errors import Invalid, NotAllowed, NotFound, WrongMoment


class NoSuchVisit(NotFound):
    """No visit with this id, or none this actor holds a key to."""

    words = "We could not find this visit."


class NoSuchJobType(NotFound):
    """No job type has this code."""

    words = "We do not know this kind of job."


class BadWindow(Invalid):
    """A window ends before it starts, is too long, or has passed."""

    words = "The window must end after it starts, last at most 24 hours and not lie in the past."


class BadInvitation(Invalid):
    """There is no time left to choose, too much of it, or the job takes two people, whose times must be asked."""

    words = "A customer can choose within 90 days from now, and only for a job that one person does."


class BadOrder(Invalid):
    """A visit can only wait for another visit of its own order, and not for itself by way of others."""

    words = "A visit can only wait for another visit of the same order, and not in a circle."


class BadPlanning(Invalid):
    """A least level is none of 1, 2 and 3, or a crew none of one or two."""

    words = "A least level is 1, 2 or 3, and a crew has one or two people."


class StepNotYours(NotAllowed):
    """This actor may not take this step of a visit's life."""

    words = "This is not yours to do."


class AlreadyAnswered(WrongMoment):
    """The customer has already said whether everything works."""

    words = "You have already answered. Thank you!"


class BadAnswer(Invalid):
    """A rating outside 1 to 5, or no yes or no."""

    words = "Please say yes or no; a rating goes from 1 to 5."


class NoSuchDispute(NotFound):
    """No dispute with this id."""

    words = "We do not know this dispute."


class EmptyAnswer(Invalid):
    """A dispute, or the answer to it, says nothing."""

    words = "Please say in a few words how it was."


class NumberTaken(Invalid):
    """Another visit already has this number."""

    words = "Another visit already has this number."


class AnotherIsBooked(WrongMoment):
    """Another visit of the same order is still to come."""

    words = "Another visit is booked already."


class BadPicture(Invalid):
    """The file is too big or no picture we can read."""

    words = "Please choose a photo (JPEG, PNG or WebP) of at most 8 MB."


class TooManyPhotos(WrongMoment):
    """A visit has as many photos as it may."""

    words = "There are enough photos now. Thank you!"


class NoSuchPhoto(NotFound):
    """The visit has no photo with this id."""

    words = "We do not have this photo."


class ClosingLacks(Invalid):
    """The job type asks for something that is not there yet; `details`: what it `lacks`."""

    words = "Something is still missing before this visit is done."


class NoSuchStep(Invalid):
    """The checklist has no such step."""

    words = "The checklist has no such step."


class NoSuchMeasure(Invalid):
    """The job type asks for no such value, or it is no number."""

    words = "Enter one of the values this job asks for, as a number."


class BadNeeds(Invalid):
    """What another visit needs cannot be read: an unknown cause, a level outside 1 to 3, a part without a count."""

    words = "Choose why another visit is needed, and say which parts and how many."
