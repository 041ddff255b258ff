"""Charts: pure functions from a frame to a figure. Frame first, options by keyword."""
