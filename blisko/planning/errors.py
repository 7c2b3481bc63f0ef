from blisko.kit.errors import Invalid, NotFound, WrongMoment


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


class PlanOutdated(WrongMoment):
    """The plan or the day it was made for has changed meanwhile; solving again helps."""

    words = "Somebody has changed this day meanwhile. Please look again."


class BadPlan(Invalid):
    """A plan breaks a rule of its own problem; `details` names what."""

    words = "This plan breaks a rule, so it was not kept."


class NothingToUndo(WrongMoment):
    """The actor has changed no plan that could still be taken back."""

    words = "There is nothing of yours left to undo."


class NothingToRestore(WrongMoment):
    """Nothing of what has changed since that version can go back."""

    words = "Nothing can go back to that version: the plan is the same, or the day has moved on."


class NoSuchRun(NotFound):
    """No planning run has this id."""

    words = "We do not know this planning run."


class NoSuchVersion(NotFound):
    """No version of a plan has this id."""

    words = "We do not know this version of the plan."


class NoSuchProposal(NotFound):
    """No proposal has this id."""

    words = "We do not know this proposal."


class AlreadyPlanning(WrongMoment):
    """A run for this day and region is under way."""

    words = "This day is being planned already."


class Unwished(Invalid):
    """This technician must not do this visit, or only others may."""

    words = "This technician must not do this visit."


class NoSuchSeat(Invalid):
    """The job type sends fewer people than that."""

    words = "Fewer people go to this visit than that."


class LacksParts(Invalid):
    """The van lacks a part or a tool, and no depot on the way has it; `details` names them."""

    words = "The van lacks something this job needs."


class NotSwappable(Invalid):
    """Two visits change places only where both are somebody's."""

    words = "Only two visits that somebody does can be swapped."


class NotThatDay(Invalid):
    """A visit is promised for another day than the one it would be planned on; moving it needs the customer's word first."""

    words = "This visit is promised for another day. Move its window first."


class DayIsOver(Invalid):
    """Only today and the days to come are planned."""

    words = "This day is over. Choose today or a day to come."


class NoSuchRegion(NotFound):
    """No region has this code."""

    words = "We do not know this region."


class BadRules(Invalid):
    """The house would plan too far ahead, or too long."""

    words = "Plan at most 14 days ahead, each region's day for 1 to 3,600 seconds."


class NoSuchAlert(NotFound):
    """No alert has this id."""

    words = "We do not know this alert."


class NoSuchRepair(Invalid):
    """The alert has no repair of this number; it may have changed meanwhile."""

    words = "This way out is no longer there. Please look again."


class NoSuchTrial(NotFound):
    """No trial has this id."""

    words = "We do not know this trial."


class BadTrial(Invalid):
    """A trial would search too long, or not at all."""

    words = "Let each search take 1 to 30 seconds."


class NoSuchPreset(Invalid):
    """No preset has this name."""

    words = "We do not know this way of planning."


class AlreadyTrying(WrongMoment):
    """A trial of this day and region is under way."""

    words = "This day is being tried already."


class SlotGone(WrongMoment):
    """Nobody can come in this window any more: somebody was faster, or the plan has changed."""

    words = "This time has just been taken. Please choose another one."


class NothingHeld(WrongMoment):
    """No slot is held for this visit."""

    words = "Choose a time first, please."


class NotMovable(WrongMoment):
    """The visit is under way, or ended with everything done: there is nothing to choose a time for."""

    words = "The time of this visit cannot be changed any more."


class BadSwapRules(Invalid):
    """A rest longer than a day, or a limit of minutes nobody would drive."""

    words = "Rest at most 24 hours between shifts, and drive at most 600 minutes more."


class NoSuchSwap(NotFound):
    """No offer has this id, or none that concerns this actor."""

    words = "We do not know this offer."


class NotToOffer(WrongMoment):
    """The visit has begun or ended or is another's; of the shift nothing is left, or more visits lie in it than anybody looks through."""

    words = "This cannot be offered: only a visit of yours that has not begun, or a shift with work left in it and at most ten visits."


class NobodyCanTake(WrongMoment):
    """No colleague's day can take what is offered without breaking something."""

    words = "No colleague can take this without breaking a promise, a break or a rest. Please call the dispatcher."


class SwapGone(WrongMoment):
    """Somebody was faster, or the offer was withdrawn or has ended."""

    words = "This offer is no longer open: somebody was faster, or it was taken back."


class SwapUnfit(WrongMoment):
    """The day has gone on: it no longer fits into the colleague's day, or more was put into the shift."""

    words = "The day has changed: this no longer fits."


class BadSickLeave(Invalid):
    """Nobody reports himself sick for no day, or for more than a fortnight at once."""

    words = "Report yourself sick for one to 14 days."
