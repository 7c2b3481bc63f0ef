from blisko.kit.errors import Invalid, WrongMoment


class DoubleBooked(WrongMoment):
    """The technician already has a visit in this stretch of time."""

    words = "This technician already has a visit at that time. Choose another time or another technician."


class LacksSkills(Invalid):
    """The technician lacks skills the job type asks for; `details` names them."""

    words = "This technician lacks a skill this job needs."


class OffShift(Invalid):
    """The technician does not work at that time."""

    words = "This technician does not work at that time."


class NothingToRelease(WrongMoment):
    """The visit is not assigned."""

    words = "Nobody is assigned to this visit."


class NotPlannable(WrongMoment):
    """The visit has begun or ended; only a booked one can be given to somebody."""

    words = "This visit has already begun or ended, so it cannot be assigned any more."
