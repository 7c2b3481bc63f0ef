"""Logs as records: JSON lines when BLISKO_LOG_JSON is set, readable lines otherwise."""

import logging
import os
import re

import structlog

# What stands between slashes and is as long as a key: links, devices and receipts have theirs in the address.
_KEY_IN_PATH = re.compile(r"(?<=/)[\w%-]{20,}")


def _without_keys(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Drop Django's request (its words hold the query, and so names) and cut every key out of the sentence."""
    event.pop("request", None)
    event["event"] = _KEY_IN_PATH.sub("…", str(event["event"]))
    return event


def formatter() -> logging.Formatter:
    """Answer the formatter of every handler; `extra` fields become keys."""
    # The plain traceback: structlog's own choice prints the local variables, and with them passwords.
    last: list[structlog.typing.Processor] = [
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
    if os.environ.get("BLISKO_LOG_JSON"):
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            _without_keys,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
    )
