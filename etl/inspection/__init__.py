"""Looking at an unknown export: which preset fits it, or which column is which field."""
