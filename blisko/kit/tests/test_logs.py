"""Logs say what went wrong without telling secrets."""

import logging
import sys

import pytest
from django.test import RequestFactory

from blisko.kit.logs import formatter


@pytest.mark.parametrize("json", ["", "1"])
def test_local_variables_of_a_failure_are_not_logged(json: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLISKO_LOG_JSON", json)
    password = "".join(["open ", "sesame"])
    try:
        raise ValueError("refused")
    except ValueError:
        record = logging.LogRecord("test", logging.ERROR, __file__, 1, "It failed", (), sys.exc_info())
    line = formatter().format(record)
    assert "ValueError: refused" in line
    assert password not in line


@pytest.mark.parametrize("json", ["", "1"])
@pytest.mark.parametrize("path", ["/v/{key}", "/v/{key}/note", "/messages/receipts/{key}", "/p/{key}", "/v/%20{key}"])
def test_key_in_an_address_is_not_logged(json: str, path: str, monkeypatch: pytest.MonkeyPatch, rf: RequestFactory) -> None:
    monkeypatch.setenv("BLISKO_LOG_JSON", json)
    key = "h47nF2Pnebv-JGCbcjfSCo_hi9Q"
    asked = path.format(key=key)
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, "Forbidden (%s): %s", ("Origin", asked), None)
    record.request, record.status_code = rf.get(asked, {"search": "Zofia"}), 403
    line = formatter().format(record)
    assert "Forbidden (Origin)" in line and "403" in line
    assert key not in line and "Zofia" not in line
