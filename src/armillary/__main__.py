"""``python -m armillary`` is the ``armillary`` command."""

from armillary.cli import main

if __name__ == "__main__":
    main()
