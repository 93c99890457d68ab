"""Reports that go out by mail: ordered, looked at, ended."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import staff_page
from apps.core.errors import DomainError
from apps.reporting import schedules
from apps.reporting.forms import ScopeForm
from apps.reporting.forms_more import ScheduleForm
from apps.reporting.models import Schedule
from apps.reporting.views.base import VERB, asked, tabs, viewer_of

MOST_SHOWN = 100
LETTERS_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(VERB)
def scheduled(request: HttpRequest) -> HttpResponse:
    """POST orders one; the filters of the address it was ordered from come with it."""
    viewer = viewer_of(request)
    form = ScheduleForm(
        request.POST if request.method == "POST" else None, viewer=viewer, initial={"receivers": [request.user.pk]}
    )
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            schedules.order(
                wanted["office"], name=wanted["name"], every=wanted["every"], form=wanted["form"],
                asked=asked(request), receivers=wanted["receivers"], actor=request.user,  # type: ignore[arg-type]
            )  # fmt: skip
        except DomainError as error:
            form.add_error("receivers", str(error))
        else:
            return redirect("reporting:scheduled")
    rows = Schedule.objects.visible_to(viewer).select_related("office").prefetch_related("receivers")
    context = {
        "form": form,
        "rows": [(row, row.letters.select_related("receiver")[:LETTERS_SHOWN]) for row in rows[:MOST_SHOWN]],
        "narrowed": _words(schedules.narrowing_of(asked(request)), viewer.offices_with(VERB)),
        "asked": asked(request),
        "tabs": tabs(),
        "here": "scheduled",
    }
    return render(request, "reporting/scheduled.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(VERB)
def end_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Schedule.objects.visible_to(viewer_of(request)), pk=pk).delete()
    return redirect("reporting:scheduled")


def _words(narrowing: str, offices: tuple[int, ...]) -> list[tuple[str, str]]:
    """What the address narrows, as label and choice."""
    form = ScopeForm(QueryDict(narrowing), offices=offices)
    found = []
    for name in QueryDict(narrowing):
        field = form[name]
        choices = dict(field.field.choices)  # type: ignore[attr-defined]
        value = next((word for key, word in choices.items() if str(key) == str(field.value())), None)
        if value is not None:
            found.append((str(field.label), str(value)))
    return found
