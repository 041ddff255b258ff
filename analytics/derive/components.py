"""Connected components of a graph: which nodes hang together, directly or through others.

Each round every node takes the smallest label among its neighbours, and then its label's label;
rounds end when nothing changes.
"""

from itertools import count

import ibis
from ibis.expr.types import Table

from analytics.derive.bench import Bench


def components(pairs: Table, bench: Bench, name: str) -> Table:
    """Return the component of each node that a pair joins to another.

    Args:
        pairs: node, neighbour; one direction is enough.
        bench: keeps the tables of the rounds.
        name: what their names begin with; the last one stays on the bench.

    Returns:
        node, label: equal labels are one component, and the label is its smallest node.
    """
    there = pairs.select("node", "neighbour")
    back = pairs.select(node="neighbour", neighbour="node")
    edge = bench.keep(f"{name}_edges", there.union(back, distinct=True))
    labels = bench.keep(
        f"{name}_0", edge.group_by("node").agg(label=ibis._.neighbour.min()).mutate(_with_itself())
    )
    for number in count(1):
        following = bench.keep(f"{name}_{number}", _round(labels, edge))
        before = labels.rename(label_before="label")
        changed = following.join(before, "node").filter(ibis._.label != ibis._.label_before)
        is_done = not changed.count().to_pyarrow().as_py()
        bench.drop(f"{name}_{number - 1}")
        labels = following
        if is_done:
            bench.drop(f"{name}_edges")
            return labels
    raise AssertionError("labels only ever get smaller")


def _with_itself() -> ibis.expr.types.Value:
    return ibis.least(ibis._.label, ibis._.node).name("label")


def _round(labels: Table, edge: Table) -> Table:
    """Return the labels after one round: node, label."""
    around = labels.select(neighbour="node", around="label")
    lowest = edge.join(around, "neighbour").group_by("node").agg(around=ibis._.around.min())
    taken = (
        labels.join(lowest, "node")
        .mutate(label=ibis.least(ibis._.label, ibis._.around))
        .select("node", "label")
    )
    further = taken.select(label="node", further="label")
    return (
        taken.left_join(further, "label")
        .mutate(label=ibis.coalesce(ibis._.further, ibis._.label))
        .select("node", "label")
    )
