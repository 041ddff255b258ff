"""The command `samenspel`: the one place that ties the other parts together."""
