"""The figures managers see first, each with its formula and the visits behind it; as pages and as sheets."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from blisko.access.rules import Actor, require
from blisko.kit import clock
from blisko.kit.errors import Invalid, NotFound
from blisko.reports.forms.figures import GROUPS, FiguresForm
from blisko.reports.forms.words import NAMES, cells_of
from blisko.reports.queries import MISSING, SEE, Listed, behind_figure, figures, may_open
from blisko.reports.rules import Counts, Figure

PAGE = 50


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every figure of a period, and the same by day, team or job type."""
    form = _form(request)
    if not form.is_valid():
        return render(request, "reports/overview.html", {"form": form}, status=Invalid.status)
    lines = figures(_actor(request), form.asked, form.group_asked)
    whole = sum((line.counts for line in lines), Counts())
    words: dict[str, Any] = {
        "form": form,
        "whole": whole,
        "cards": cells_of(whole),
        "lines": [(line.name, line.counts, cells_of(line.counts)) for line in lines],
        "group_words": dict(GROUPS)[form.group_asked],
        "query": request.GET.urlencode(),
    }
    return render(request, "reports/overview.html", words)


@login_required
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The table of the figures as CSV."""
    form = _valid(request)
    lines = figures(_actor(request), form.asked, form.group_asked)
    head = ["", gettext("Visits"), *(str(NAMES[figure]) for figure in Figure)]
    return _csv("figures", head, ([line.name, line.counts.visits, *(cell.number for cell in cells_of(line.counts))] for line in lines))


@login_required
@require_safe
def behind(request: HttpRequest, figure: str) -> HttpResponse:
    """The visits behind one figure."""
    form, wanted, missing = _valid(request), _figure(figure), "missing" in request.GET
    found = behind_figure(_actor(request), form.asked, wanted, missing=missing)
    words: dict[str, Any] = {
        "figure": wanted,
        "missing": missing,
        "may_miss": wanted in MISSING,
        "found": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "count": len(found),
        "asked": form.asked,
        "query": _query(request, "missing", "page"),
        "sheet_query": request.GET.urlencode(),
        "opens": may_open(_actor(request)),
    }
    return render(request, "reports/behind.html", words)


@login_required
@require_safe
def behind_sheet(request: HttpRequest, figure: str) -> HttpResponse:
    """The same as CSV."""
    found = behind_figure(_actor(request), _valid(request).asked, _figure(figure), missing="missing" in request.GET)
    head = [gettext("Number"), gettext("Day"), gettext("State"), gettext("Job type"), gettext("Team"), gettext("Technician")]
    head += [gettext("Link opened"), gettext("Works"), gettext("Stars"), gettext("Reason"), gettext("Saved km"), gettext("Saved minutes")]
    return _csv(figure, [*head, gettext("Moves")], (_row(one) for one in found))


def _row(one: Listed) -> Sequence[object]:
    opened = timezone.localtime(one.opened_at).isoformat(timespec="minutes") if one.opened_at else ""
    works = "" if one.works is None else int(one.works)
    saved = ("", "") if one.saved_metres is None else (round(one.saved_metres / 1000, 1), round((one.saved_seconds or 0) / 60))
    facts = (one.number, one.day.isoformat(), one.state, one.job_type, one.team, one.technician, opened, works)
    return (*facts, "" if one.rating is None else one.rating, one.reason, *saved, one.moves)


def _csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    out = csv.writer(response)
    out.writerow(head)
    out.writerows([_tame(value) for value in row] for row in rows)
    return response


def _tame(value: object) -> object:
    """Let no cell be read as a formula by the program that opens the sheet."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _form(request: HttpRequest) -> FiguresForm:
    require(_actor(request), SEE)
    return FiguresForm(_actor(request), request.GET.dict(), today=timezone.localtime(clock.now()).date())


def _valid(request: HttpRequest) -> FiguresForm:
    form = _form(request)
    if not form.is_valid():
        raise Invalid(details={"fields": sorted(form.errors)})
    return form


def _figure(name: str) -> Figure:
    try:
        return Figure(name)
    except ValueError:
        raise NotFound from None


def _query(request: HttpRequest, *without: str) -> str:
    query = request.GET.copy()
    for name in without:
        query.pop(name, None)
    return query.urlencode()


def _actor(request: HttpRequest) -> Actor:
    return cast(Actor, request.actor)  # type: ignore[attr-defined]
