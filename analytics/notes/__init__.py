"""Notes: learning from coded contacts why the others were made, and how good that is."""
