"""`python -m verified_docs`."""

import sys

from .shells.cli import main

sys.exit(main())
