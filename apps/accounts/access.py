"""The door of every staff page: signed in, and allowed the page's verb somewhere. Rows are visible_to's business."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from apps.core.http import is_partial

View = Callable[..., HttpResponse]


def staff_page(*verbs: str) -> Callable[[View], View]:
    """Nobody signed in: to the log-in, or 401 for a script, whose page must keep its text. None of the verbs: 404."""

    def door(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                if is_partial(request) or request.method not in {"GET", "HEAD"}:
                    return HttpResponse(status=401)
                return redirect_to_login(request.get_full_path())
            viewer = request.viewer  # type: ignore[attr-defined]
            if verbs and not any(viewer.may(verb) for verb in verbs):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.verbs = verbs  # type: ignore[attr-defined]  read by the matrix of routes and roles
        return guarded

    return door
