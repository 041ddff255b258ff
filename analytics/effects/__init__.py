"""Before and after: what an intervention moved, and what happened by itself."""
