"""A sheet's way in for a person: send it, say which column is which, see what would happen, let it land."""

import csv
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from blisko.access.rules import Actor
from blisko.imports import queries, services
from blisko.imports.forms import NOUNS, MappingForm, SheetForm
from blisko.imports.models import ImportRun
from blisko.imports.rules import IMPORT_LIFE, WORKING, ImportState
from blisko.imports.rules.cells import harmless
from blisko.kit import clock
from blisko.kit.errors import Refusal
from blisko.kit.telling import told

PAGE = 100
STATES = {
    ImportState.UPLOADED: (_("Waiting for you"), "sun"),
    ImportState.CHECKING: (_("Being checked"), "info"),
    ImportState.CHECKED: (_("Checked, nothing kept yet"), "sun"),
    ImportState.LANDING: (_("Being imported"), "info"),
    ImportState.LANDED: (_("Imported"), "success"),
    ImportState.FAILED: (_("Failed"), "danger"),
}


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The imports so far, and the form for another."""
    return _overview(request, SheetForm(queries.importable_nouns(_actor(request))))


@login_required
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take a sheet in; its columns are asked for on the next page."""
    form = SheetForm(queries.importable_nouns(_actor(request)), request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = services.take_sheet(form.cleaned_data["noun"], file.name, file.read(), actor=_actor(request), now=clock.now())
            return redirect("imports:one", run.pk)
        except Refusal as no:
            form.add_error("file", told(str(no.words), no.details))
    return _overview(request, form, status=422)


@login_required
@require_GET
def one(request: HttpRequest, run_id: int) -> HttpResponse:
    """One import: its columns, its progress, its report."""
    run = queries.import_for(_actor(request), run_id)
    return _one(request, run, MappingForm(run, queries.columns_for(_actor(request), run.noun)))


@login_required
@require_POST
def go(request: HttpRequest, run_id: int) -> HttpResponse:
    """Check the sheet, or let it land."""
    run = queries.import_for(_actor(request), run_id)
    form = MappingForm(run, queries.columns_for(_actor(request), run.noun), request.POST)
    begin = services.land_import if "land" in request.POST else services.check_import
    if not form.is_valid():
        return _one(request, run, form, status=422)
    begin(run.pk, actor=_actor(request), now=clock.now(), mapping=form.mapping)
    return redirect("imports:one", run.pk)


@login_required
@require_GET
def report(request: HttpRequest, run_id: int) -> HttpResponse:
    """Every refused line as CSV, so that a program may open it without running anything in it."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{run_id}.csv"'
    out = csv.writer(response, delimiter=";")
    out.writerow([gettext("Line"), gettext("Why it was refused")])
    for line in queries.refused_lines(_actor(request), run_id):
        out.writerow([line.line, harmless(told(line.words, line.details))])
    return response


def _overview(request: HttpRequest, form: SheetForm, status: int = 200) -> HttpResponse:
    runs = Paginator(queries.imports_for(_actor(request)), PAGE).get_page(request.GET.get("page"))
    return render(request, "imports/overview.html", {"form": form, "rows": [_shown(run) for run in runs], "found": runs}, status=status)


def _one(request: HttpRequest, run: ImportRun, form: MappingForm, status: int = 200) -> HttpResponse:
    actor = _actor(request)
    lines = Paginator(queries.refused_lines(actor, run.pk), PAGE).get_page(request.GET.get("page"))
    steps = IMPORT_LIFE.open_steps(ImportState(run.state))
    page = {
        **_shown(run),
        "form": form if steps else None,
        "samples": [[line.get(heading, "") for heading in run.header] for line in queries.sample_lines(actor, run.pk)] if steps else [],
        "steps": steps,
        "lines": [(line.line, told(line.words, line.details)) for line in lines],
        "found": lines,
    }
    return render(request, "imports/one.html", page, status=status)


def _shown(run: ImportRun) -> dict[str, object]:
    words, tone = STATES[ImportState(run.state)]
    return {"run": run, "noun": NOUNS.get(run.noun, run.noun), "words": words, "tone": tone, "working": run.state in WORKING}


def _actor(request: HttpRequest) -> Actor:
    return cast(Actor, request.actor)  # type: ignore[attr-defined]
