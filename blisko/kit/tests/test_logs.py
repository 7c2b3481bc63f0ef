"""Logs say what went wrong without telling secrets."""

import logging
import sys

import pytest

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
