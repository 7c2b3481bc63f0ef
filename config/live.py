"""The ASGI application of `live`: positions in, server-sent events out."""

import gc
import logging
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from blisko.live.adapters.process import Live  # noqa: E402 - Django first

# An access log would hold tokens and, in the query, places.
logging.getLogger("uvicorn.access").disabled = True

app = Live()

# What is imported stays; what a request makes is gone before a collection would find it (a tenth of the rate).
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
