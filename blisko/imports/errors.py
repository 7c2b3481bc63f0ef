from blisko.kit.errors import Invalid, NotFound


class NoSuchImport(NotFound):
    """No import with this id, no such noun, or none this actor may know of."""

    words = "We do not know this import."


class MissingColumns(Invalid):
    """Columns that must be there are not; `details` names them and what was found."""

    words = "These columns are missing: {missing}. The sheet has: {found}."


class NotReadable(Invalid):
    """A cell does not hold what its column needs; `details` names column and value."""

    words = "“{column}” cannot be read: “{value}”."


class EmptyCell(Invalid):
    """A cell that must be filled is empty."""

    words = "“{column}” is empty."


class NoResult(Invalid):
    """A cell holds a formula whose result is not in the file."""

    words = "“{column}” holds a formula without a saved result."


class NotATime(Invalid):
    """A cell holds no date with its time."""

    words = "“{column}” is not a date and time: “{value}”. Write 2026-11-24 10:00."


class NotANumber(Invalid):
    """A cell holds no number."""

    words = "“{column}” is not a number: “{value}”."


class Twice(Invalid):
    """The same key stands in the sheet a second time."""

    words = "“{column}” {value} is already in line {first}."
