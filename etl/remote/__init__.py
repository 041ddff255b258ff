"""Sources that are asked over the network: their lists, joined, take the road of a file."""
