"""The command line of this tool for a book in English alone: what peers build is one language as well.

The tool has no such option. Its list of languages is shortened before anything else of it is imported.
"""

import sys

from verified_docs import project

# The type says that there are two languages, as everywhere else.
project.LANGUAGES = ("en",)  # type: ignore[assignment]

# Other modules copy the list when they are imported: it has to be shorter by then.
from verified_docs.shells.cli import main  # noqa: E402

sys.exit(main())
