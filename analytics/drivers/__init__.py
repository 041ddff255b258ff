"""What goes with contacts that come back, or that were avoidable: named, never called a cause."""

from analytics.drivers.targets import TARGETS, Target
from analytics.drivers.work_out import NAME, drivers, work_out_drivers

__all__ = ["NAME", "TARGETS", "Target", "drivers", "work_out_drivers"]
