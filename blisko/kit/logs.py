"""Logs as records: JSON lines when BLISKO_LOG_JSON is set, readable lines otherwise."""

import logging
import os

import structlog


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
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
    )
