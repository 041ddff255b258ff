"""Connected components of a graph: which nodes hang together, directly or through others.

Each round every node takes the smallest label among its neighbours, and then its label's label;
rounds end when nothing changes.
"""

from itertools import count

import ibis
from ibis.expr.types import Table

from analytics.derive.bench import Bench


def both_ways(pairs: Table) -> Table:
    """Return pairs of node and neighbour with each pair the other way round too, once each."""
    there = pairs.select("node", "neighbour")
    return there.union(pairs.select(node="neighbour", neighbour="node"), distinct=True)


def components(edge: Table, bench: Bench, name: str) -> Table:
    """Return the component of each node that an edge joins to another.

    Args:
        edge: node, neighbour; both ways; read each round, so it best lies on the bench.
        bench: keeps the tables of the rounds.
        name: what their names begin with; the last one stays on the bench.

    Returns:
        node, label: equal labels are one component, and the label is its smallest node.
    """
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
