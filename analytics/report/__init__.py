"""The content of the monthly report."""

from analytics.report.content import Report

__all__ = ["Report"]
