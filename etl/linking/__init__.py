"""Linking customers with a probability: who is likely one person, though no identifier says so."""
