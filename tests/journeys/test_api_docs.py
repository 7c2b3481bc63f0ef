"""The documentation of the API in a real browser, under our own content security policy."""

import pytest

from tests import platform
from tests.conftest import OpenPage, Photograph


@pytest.mark.browser
def test_documentation_is_drawn_by_what_we_serve_ourselves(running_platform: platform.Platform, desk: OpenPage, photo: Photograph) -> None:
    page = desk()
    told: list[str] = []
    asked: list[str] = []
    page.on("console", lambda line: told.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{running_platform.web}/api/v1/docs")
    page.get_by_text("/api/v1/visits/{visit_id}/assignment").first.wait_for()
    photo(page, "api-docs")
    assert all(url.startswith((running_platform.web, "data:")) for url in asked)
    assert told == []
