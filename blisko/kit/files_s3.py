"""Files in a store that speaks S3; wants the extra `s3`."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

from blisko.kit.files import away_if, noted


class Store(S3Storage):  # type: ignore[misc]
    """One bucket, private: files are read by our own pages, for whoever may see them."""

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        with away_if(BotoCoreError, ClientError):
            saved = str(super()._save(name, content))
        return noted(saved)

    def _open(self, name: str, mode: str = "rb") -> Any:
        with away_if(BotoCoreError, ClientError):
            found = super()._open(name, mode)
            found.file.seek(0)  # brought at once, so that a store that is away is known here
            return found

    def exists(self, name: str) -> bool:
        with away_if(BotoCoreError, ClientError):
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with away_if(BotoCoreError, ClientError):
            super().delete(name)
