"""Steering: which contacts could move to another channel, what that saves, and who is at risk."""

from analytics.steering.work_out import NAME, steering, work_out_steering

__all__ = ["NAME", "steering", "work_out_steering"]
