"""Everything that asks: derivations, metrics, questions and answers, and what the report says.

What other packages use of it:

- `analytics.query`: `measure`, `span`, `values`, and how to ask: `Selection`, `Grain`
- `analytics.compare`: `compare`, a period beside earlier ones
- `analytics.quality`: loads, files, rejects and how far figures reach
- `analytics.metrics`: `METRICS` with names, units and explanations; `analytics.dimensions` likewise
- `analytics.periods`: days, weeks, months of the organisation's calendar
- `analytics.report`: the content of the monthly report
- `analytics.derive.steps`, `analytics.derive.cube`: for the loader alone, which materialises them

Nothing is imported here: the command line starts without an engine.
"""
