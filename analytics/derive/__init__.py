"""The derivations: row-level facts about each contact, as Ibis expressions.

An expression is built here and materialised by `etl.materialise`; the same expression runs on
DuckDB and on Spark. Order: customers, interactions, sequences, episodes, contact, cube.
"""
