"""The `web` process: pages, admin and API."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# What is loaded by now stays: looking through it for garbage again and again would hold up one request in twenty.
gc.collect()
gc.freeze()
