"""Who is no customer: programs that look at links by themselves."""

import re

_ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|preview|facebookexternalhit|facebookcatalog|whatsapp|slack|discord|telegram|skype|viber|"
    r"safelinks|scanner|proofpoint|mimecast|barracuda|curl/|wget/|python-|go-http|okhttp|java/",
    re.IGNORECASE,
)


def is_robot(user_agent: str) -> bool:
    """Tell whether this is a link preview, a scanner, a search engine or no browser at all."""
    return not user_agent or _ROBOTS.search(user_agent) is not None
