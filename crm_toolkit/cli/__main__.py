"""``python -m crm_toolkit.cli`` is ``crm-toolkit``."""

import sys

from crm_toolkit.cli import main

if __name__ == "__main__":
    sys.exit(main())
