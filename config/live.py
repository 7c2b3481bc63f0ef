"""The ASGI application of `live`: positions in, server-sent events out."""

import logging
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from blisko.live.adapters.process import Live  # noqa: E402 - Django first

# An access log would hold tokens and, in the query, places.
logging.getLogger("uvicorn.access").disabled = True

app = Live()
