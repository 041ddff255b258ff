"""`python -m etl.sample OUT_DIR` writes the sample."""

import sys
from pathlib import Path

from etl.sample import write_sample

if len(sys.argv) != 2:
    sys.exit("usage: python -m etl.sample OUT_DIR")
write_sample(Path(sys.argv[1]))
