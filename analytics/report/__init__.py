"""The content of the monthly report."""

from analytics.report.build import monthly_report
from analytics.report.content import Report

__all__ = ["Report", "monthly_report"]
