"""The words a body puts on its tickets."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import staff_page
from apps.accounts.models import Office
from apps.core.errors import DomainError
from apps.tickets import services
from apps.tickets.forms import TagForm
from apps.tickets.models import Tag


@staff_page("team.manage")
def tags(request: HttpRequest) -> HttpResponse:
    rows = Tag.objects.filter(body_id__in=_bodies(request)).select_related("body")
    return render(request, "tickets/tags.html", {"tags": rows})


@staff_page("team.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit_tag(request: HttpRequest, pk: int = 0) -> HttpResponse:
    bodies = _bodies(request)
    tag = get_object_or_404(Tag, pk=pk, body_id__in=bodies) if pk else Tag()
    form = TagForm(request.POST or None, instance=tag, bodies=bodies)
    if request.method == "POST" and form.is_valid():
        try:
            if pk:
                services.rename_tag(tag, names=form.names, actor=request.user)
            else:
                services.create_tag(form.body, names=form.names, actor=request.user)
        except DomainError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("tags:list")
    context = {
        "form": form,
        "heading": str(tag) if pk else _("New tag"),
        "section": "tags",
        "button": _("Save"),
        "back": "tags:list",
    }
    return render(request, "accounts/form_page.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page("team.manage")
def retire_tag(request: HttpRequest, pk: int) -> HttpResponse:
    """`again=1` puts it back into use; anything else takes it out."""
    tag = get_object_or_404(Tag, pk=pk, body_id__in=_bodies(request))
    verb = services.use_tag_again if request.POST.get("again") == "1" else services.retire_tag
    verb(tag, actor=request.user)
    messages.success(request, _("Saved."))
    return redirect("tags:list")


def _bodies(request: HttpRequest) -> list[int]:
    """The bodies whose words the viewer may set: those where they manage the whole, not one branch."""
    managed = Office.objects.where(request.viewer, "team.manage")  # type: ignore[attr-defined]
    return list(managed.filter(parent=None).values_list("pk", flat=True))
