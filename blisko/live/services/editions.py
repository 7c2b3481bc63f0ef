import hashlib
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from blisko.access.rules import SYSTEM
from blisko.access.services import keep_days
from blisko.kit.fields import LANGUAGES
from blisko.kit.files import forget_files
from blisko.kit.pictures import inlined_picture
from blisko.kit.plugs import plug
from blisko.live.models import Edition
from blisko.live.ports import Paper
from blisko.live.queries.report import edition_of, report_of
from blisko.visits.queries import visit_for
from blisko.visits.rules import REPORTED

PHOTOS = 4  # on paper; the page shows every one
SIDE = 700  # pixels: sharp at six centimetres, and four of them stay far below a megabyte


@transaction.atomic
def issue_edition(visit_id: int, *, now: datetime) -> Edition | None:
    """Issue the report as it stands now, unless it says what its newest edition says; nothing where the visit reports nothing.

    Asked by handlers alone, so that looking at a report never changes it. The same edition is the same bytes for ever.
    """
    visit = visit_for(SYSTEM, visit_id, now=now, lock=True)
    if visit.state not in REPORTED:
        return None
    language = visit.order.customer.language if visit.order.customer.language in LANGUAGES else "en"
    report = report_of(visit, language)
    words = {
        "report": report,
        "language": language,
        "brand": settings.BLISKO_BRAND,
        "hotline": settings.BLISKO_HOTLINE,
        "verify_at": f"{settings.BLISKO_PUBLIC_URL.rstrip('/')}/verify",
        "photos": [(photo, _source(photo.file.storage.open(str(photo.file.name)).read())) for photo in report.photos[:PHOTOS]],
        "more_photos": len(report.photos[PHOTOS:]),
    }
    last = edition_of(visit_id)
    with translation.override(language):
        says = hashlib.sha256(render_to_string("live/report/paper.html", words).encode()).hexdigest()
        if last is not None and last.says == says:
            return last
        number = last.number + 1 if last else 1
        words |= {"number": number, "issued_at": timezone.localtime(now)}
        paper: Paper = plug("live.paper")
        content = paper.tagged_pdf(render_to_string("live/report/paper.html", words), render_to_string("live/report/paper.css"))
    edition = Edition(visit=visit, number=number, language=language, says=says, issued_at=now, sha256=hashlib.sha256(content).hexdigest())
    edition.file.save(f"{edition.sha256}.pdf", ContentFile(content), save=False)
    edition.save()
    return edition


def _source(content: bytes) -> str:
    return inlined_picture(content, side=SIDE)


@keep_days("live.editions", 1095, "Reports of visits, and by what a copy is verified")
def forget_editions(before: datetime) -> int:
    """Delete issued reports with their files; from then on a copy no longer verifies."""
    old = list(Edition.objects.filter(issued_at__lt=before))
    forget_files(one.file for one in old)
    Edition.objects.filter(pk__in=[one.pk for one in old]).delete()
    return len(old)
