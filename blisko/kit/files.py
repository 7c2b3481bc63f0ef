"""Where photos, signatures and reports lie: a folder, or a store that speaks S3. Django's storage is the port."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.db.models.fields.files import FieldFile

from blisko.kit.errors import Unavailable

WANTED = "BLISKO_FILES is empty for a folder, or s3://bucket/folder?endpoint=https://s3.example.com&region=eu-central-1"


class FilesAway(Unavailable):
    """The folder or the store for files does not take or give them now: full, away, or its keys are wrong."""

    words = "Photos and files cannot be reached right now. Please try again shortly."


_saved: ContextVar[list[str] | None] = ContextVar("saved", default=None)


def noted(name: str) -> str:
    """Note a file that was saved, for `whole_or_nothing`; answer its name."""
    if (names := _saved.get()) is not None:
        names.append(name)
    return name


@contextmanager
def whole_or_nothing() -> Iterator[None]:
    """Delete the files that were saved where what they belong to did not come about: a transaction takes back rows alone."""
    token = _saved.set([])
    try:
        yield
    except BaseException:
        for name in _saved.get() or ():
            with suppress(FilesAway):
                default_storage.delete(name)
        raise
    finally:
        _saved.reset(token)


@contextmanager
def away_if(*faults: type[Exception]) -> Iterator[None]:
    """Tell of these faults as `FilesAway`, for whom trying again helps; a file that is not there stays what it is."""
    try:
        yield
    except FileNotFoundError:
        raise
    except faults as fault:
        raise FilesAway from fault


def forget_files(files: Iterable[FieldFile]) -> None:
    """Delete files, before their rows: what cannot be deleted now keeps its row and is deleted another time; twice does no harm."""
    for file in files:
        if file.name:
            file.storage.delete(file.name)


class Folder(FileSystemStorage):
    """Files in a folder of this machine."""

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        with away_if(OSError):
            saved = str(super()._save(name, content))  # type: ignore[misc]  # the stubs leave it out
        return noted(saved)

    def delete(self, name: str) -> None:
        with away_if(OSError):
            super().delete(name)


def storage_at(address: str) -> dict[str, Any]:
    """Answer Django's description of the storage at an address (see `WANTED`); refuse `ImproperlyConfigured` for what is none.

    The keys of an S3 store come from where its libraries look: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or the machine's role.
    """
    if not address:
        return {"BACKEND": "blisko.kit.files.Folder"}
    parts = urlsplit(address)
    said = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.scheme != "s3" or not parts.hostname or said.keys() - {"endpoint", "region"}:
        raise ImproperlyConfigured(f"{address!r} names no place for files. {WANTED}")
    options: dict[str, Any] = {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "endpoint_url": said.get("endpoint"),
        "region_name": said.get("region"),
        "addressing_style": "path" if "endpoint" in said else "auto",
        "default_acl": None,
        "file_overwrite": False,
    }
    return {"BACKEND": "blisko.kit.files_s3.Store", "OPTIONS": options}
