from blisko.kit.errors import Invalid, NotFound


class NoSuchCustomer(NotFound):
    """No customer with this id, or none this actor may know of."""

    words = "We do not know this customer."


class NoSuchSite(NotFound):
    """No site with this id, or none this actor may know of."""

    words = "We do not know this place."


class BadPosition(Invalid):
    """A position is half given or lies outside the earth."""

    words = "Give both latitude (−90 to 90) and longitude (−180 to 180), or leave both empty."


class NumberTaken(Invalid):
    """Another customer already has this customer number."""

    words = "Another customer already has this number."
