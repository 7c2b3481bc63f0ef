from blisko.kit.errors import Invalid


class BadPeriod(Invalid):
    """The last day lies before the first, or they are more than 92 days."""

    words = "Choose a last day that is not before the first, and at most 92 days."
