"""Photos, signatures and reports in a real S3 store, and what happens while it is away (F4, F11, O7)."""

import hashlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from blisko.access.models import AuditEntry
from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention, write_audit
from blisko.kit import runner
from blisko.kit.files import FilesAway, storage_at
from blisko.live.models import Operation
from blisko.live.queries.operations import whole_upload
from blisko.live.services.uploads import take_piece
from blisko.live.tests.test_operations import NOW, a_day, send, told
from blisko.visits.models import Photo
from blisko.visits.services import add_photo
from blisko.visits.tests.test_photos import picture
from tests.journeys.staff import until

pytestmark = pytest.mark.django_db
BUCKET = "blisko"


class Store:
    """`rclone serve s3` over a folder: a server of its own that speaks S3 and can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, runner.free_port()
        (folder / BUCKET).mkdir(parents=True)
        self.begin()

    @property
    def address(self) -> str:
        return f"s3://{BUCKET}/care?endpoint=http://127.0.0.1:{self.port}&region=eu-central-1"

    def begin(self) -> None:
        at = ["--addr", f"127.0.0.1:{self.port}", "--auth-key", "key,secret"]
        command = [Path(sys.executable).parent / "rclone", "serve", "s3", self.folder, *at]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self.answers, "store")

    def answers(self) -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def files(self) -> list[str]:
        return sorted(str(file.relative_to(self.folder)) for file in self.folder.rglob("*") if file.is_file())


@pytest.fixture
def store(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    found = Store(tmp_path)
    settings.STORAGES = {**settings.STORAGES, "default": storage_at(found.address)}
    yield found
    found.kill()


def test_photo_lies_in_the_store_is_read_from_it_and_goes_by_itself(store: Store) -> None:
    _, _, [visit] = a_day()
    photo = add_photo(visit.pk, content=picture(4), caption="Socket", actor=SYSTEM, now=NOW)
    assert store.files() == [f"{BUCKET}/care/{photo.file.name}"]
    with Photo.objects.get(pk=photo.pk).file.open("rb") as file:
        content = file.read()
    assert content[:4] == b"RIFF" and hashlib.sha256(content).hexdigest() == photo.sha256
    assert default_storage.save(photo.file.name, ContentFile(b"another")) != photo.file.name  # nothing is ever written over
    assert run_retention(now=NOW + timedelta(days=366))["visits.photos"] == 1
    assert len(store.files()) == 1


def test_store_that_is_away_loses_nothing_and_the_telephone_sends_again(store: Store) -> None:
    who, actor, [visit] = a_day()
    content = picture(5)
    sha256 = hashlib.sha256(content).hexdigest()
    take_piece(sha256, content, offset=0, length=len(content), actor=actor, now=NOW)
    queue, photo = uuid4(), told(1, visit, "photo", 5, sha256=sha256, caption="Socket")
    store.kill()
    with pytest.raises(FilesAway):
        send(actor, queue, [photo])
    assert not Operation.objects.exists()  # not taken in, and so sent again; nothing was set aside
    assert whole_upload(who.pk, sha256) == content
    store.begin()
    assert [row.state for row in send(actor, queue, [photo])] == ["applied"]
    assert visit.photos.get().caption == "Socket"
    store.kill()
    with pytest.raises(FilesAway):
        visit.photos.get().file.open("rb")
    with pytest.raises(FilesAway):
        default_storage.delete("visits/anything.webp")


def test_what_did_not_come_about_leaves_no_file(tmp_path: Path, settings: Any) -> None:
    """The photo could be written, the signature after it could not: the telephone sends both again, and again."""
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "signatures").write_text("no folder")
    _, actor, [visit] = a_day()
    content = picture(6)
    sha256 = hashlib.sha256(content).hexdigest()
    take_piece(sha256, content, offset=0, length=len(content), actor=actor, now=NOW)
    both = [told(1, visit, "photo", 1, sha256=sha256), told(2, visit, "sign", 2, sha256=sha256, name="Anna")]
    for _ in range(3):
        with pytest.raises(FilesAway):
            send(actor, uuid4(), both)
    assert visit.photos.count() == 0
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["signatures"]
    (tmp_path / "signatures").unlink()
    assert [row.state for row in send(actor, uuid4(), both)] == ["applied", "applied"]


def test_store_that_is_away_at_night_keeps_no_file_without_a_row_and_holds_up_no_other_promise(store: Store) -> None:
    _, _, [visit] = a_day()
    add_photo(visit.pk, content=picture(8), caption="", actor=SYSTEM, now=NOW)
    write_audit(SYSTEM, "looked", "visit:1", now=NOW - timedelta(days=2000))
    store.kill()
    later = NOW + timedelta(days=366)
    with pytest.raises(ExceptionGroup) as told_of:
        run_retention(now=later)
    assert [type(one) for one in told_of.value.exceptions] == [FilesAway]
    assert Photo.objects.exists() and not AuditEntry.objects.filter(verb="looked").exists()
    store.begin()
    assert run_retention(now=later)["visits.photos"] == 1
    assert store.files() == []


def test_folder_that_takes_nothing_is_told_as_away(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(FileNotFoundError):
        default_storage.open("visits/none.webp")
    (tmp_path / "visits").write_text("no folder")
    with pytest.raises(FilesAway):
        default_storage.save("visits/one.webp", ContentFile(b"x"))


@pytest.mark.parametrize("address", ["/srv/photos", "s3://", "ftp://bucket/x", "s3://bucket?endpiont=https://s3.example.com"])
def test_address_that_is_none_says_what_to_write(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="s3://bucket/folder"):
        storage_at(address)


def test_aws_itself_needs_no_endpoint() -> None:
    options = storage_at("s3://care-photos?region=eu-central-1")["OPTIONS"]
    assert (options["bucket_name"], options["endpoint_url"], options["addressing_style"]) == ("care-photos", None, "auto")
