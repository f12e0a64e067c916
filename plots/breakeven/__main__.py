"""`python -m breakeven`."""

import sys

from breakeven.cli import main

sys.exit(main(sys.argv[1:]))
