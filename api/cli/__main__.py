"""``python -m api.cli``: the same as ``cancu``."""

from api.cli import main

if __name__ == "__main__":
    main()
