"""The page behind the link of a survey: no login, no name."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, get_language_info
from django.views.decorators.http import require_http_methods

from apps.core import limits
from apps.core.errors import Conflict
from apps.surveys import services
from apps.surveys.forms import SurveyForm
from apps.surveys.models import Helped, Survey

ANSWERS_AN_HOUR = 60  # from one address


@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, public_id: str) -> HttpResponse:
    """A link in a letter may select the first answer (?helped=yes); only sending the form keeps it."""
    row = get_object_or_404(Survey.objects.select_related("ticket__office"), public_id=public_id)
    if get_language() not in dict(settings.LANGUAGES):
        raise Http404
    if not row.is_open:
        return _show(request, row, None, is_over=True, status=410)
    if request.method != "POST":
        chosen = request.GET.get("helped", "")
        form = SurveyForm(initial=_known(row) | ({"helped": chosen} if chosen in Helped.values else {}))
        return _show(request, row, form)
    limits.allow("survey", request.META.get("REMOTE_ADDR", "unknown"), limit=ANSWERS_AN_HOUR, seconds=3600)
    form = SurveyForm(request.POST)
    if not form.is_valid():
        return _show(request, row, form, status=422)
    try:
        services.answer(row, **form.given())
    except Conflict:
        return _show(request, row, None, is_over=True, status=410)
    return HttpResponseRedirect("thanks/")


@require_http_methods(["GET", "HEAD"])
def thanks(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_object_or_404(Survey.objects.select_related("ticket__office"), public_id=public_id)
    return _show(request, row, None)


def _known(row: Survey) -> dict[str, object]:
    return {name: getattr(row, name) for name in services.ANSWERS}


def _show(
    request: HttpRequest, row: Survey, form: SurveyForm | None, *, is_over: bool = False, status: int = 200
) -> HttpResponse:
    office = row.ticket.office
    codes = [code for code, _name in settings.LANGUAGES if code in office.languages] or [get_language()]
    context = {
        "survey": row,
        "form": form,
        "is_over": is_over,
        "body_name": office.name,
        "language_links": [
            {
                "code": code,
                "name": get_language_info(code)["name_local"].capitalize(),
                "url": f"/{code}{request.path[3:]}",
                "is_current": code == get_language(),
            }
            for code in codes
        ],
    }
    return render(request, "surveys/survey.html", context, status=status)
