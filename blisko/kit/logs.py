"""Logs as records: JSON lines when BLISKO_LOG_JSON is set, readable lines otherwise."""

import logging
import os

import structlog


def formatter() -> logging.Formatter:
    """Answer the formatter of every handler; `extra` fields become keys."""
    last = structlog.processors.JSONRenderer() if os.environ.get("BLISKO_LOG_JSON") else structlog.dev.ConsoleRenderer(colors=False)
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
    )
