"""Disclosure control: small groups stay hidden, also from who adds and subtracts.

What anybody may ask goes through `protection`, which works on full tables (docs/adr/0005); a table
that is shown one way only goes through `suppress`, which holds it against its own totals.
"""

from analytics.disclosure.suppress import HIDDEN, hide, suppress

__all__ = ["HIDDEN", "hide", "suppress"]
