"""Makes the sample: two years of a made-up municipality, as its systems would export them."""

from etl.sample.write import write_sample

__all__ = ["write_sample"]
