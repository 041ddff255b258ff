"""The derivations: row-level facts about each contact, as Ibis expressions.

`steps` has their order: customers, interactions, sequences, episodes, contact; then the cubes. Each
expression runs on DuckDB and on Spark; `etl.materialise` makes tables of them.
"""
