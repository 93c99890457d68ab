"""Figures of the reports: the same as on the page, for the offices in which the key may read reports."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from apps.api.v1.base import Filters, Resource, RowNumberFilter
from apps.reporting import facts
from apps.reporting.figures import Report
from apps.reporting.forms import ScopeForm
from apps.reporting.models import TicketFact
from apps.reporting.tables import tables

VERB = "report.view"
COUNT_AT_MOST = 300


class ReportTableOut(serializers.Serializer):
    """Cells are texts, numbers, dates or null, in the order of `header`."""

    key = serializers.CharField()
    title = serializers.CharField()
    header = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.JSONField(allow_null=True)))


@extend_schema_serializer(many=False)
class ReportOut(serializers.Serializer):
    first = serializers.DateField()
    last = serializers.DateField()
    is_wall_clock = serializers.BooleanField()
    opened = serializers.IntegerField()
    tables = ReportTableOut(many=True)


class ReportFilters(Filters):
    """As in the address of the page; the form reads them."""

    range = filters.ChoiceFilter(choices=ScopeForm.base_fields["range"].choices)  # type: ignore[attr-defined]
    first = filters.DateFilter()
    last = filters.DateFilter()
    hours = filters.ChoiceFilter(choices=ScopeForm.base_fields["hours"].choices)  # type: ignore[attr-defined]
    team = RowNumberFilter()
    via = filters.CharFilter()
    office = RowNumberFilter()
    type = filters.CharFilter()
    priority = filters.NumberFilter()
    service = RowNumberFilter()
    agent = RowNumberFilter()


class Reports(Resource):
    queryset = TicketFact.objects.none()
    serializer_class = ReportOut
    filterset_class = ReportFilters
    pagination_class = None

    @extend_schema(operation_id="reports_sla")
    def list(self, request: Any) -> Response:
        """Filters as in the address of the page; what cannot be read is a mistake here, not passed over."""
        self.require(VERB)
        asked = {"range": "30", "hours": "office", **request.query_params.dict()}
        form = ScopeForm(asked, offices=self.viewer.offices_with(VERB))
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        facts.catch_up(most=COUNT_AT_MOST)
        report = Report(form.scope(), is_wall_clock=form.is_wall_clock)
        looked_at = report.scope.range
        return Response(
            {
                "first": looked_at.first,
                "last": looked_at.last,
                "is_wall_clock": report.is_wall_clock,
                "opened": report.sums["opened"],
                "tables": [
                    {"key": table.key, "title": table.title, "header": table.header, "rows": table.rows}
                    for table in tables(report)
                ],
            }
        )
