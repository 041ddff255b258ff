"""Journeys: how episodes go over the channels, where they turn back, and where people drop off.

`paths` and `steps` answer with figures, `event_log` gives the contacts themselves to programs that
mine processes. What a path is: `analytics.derive.journeys`.
"""
