"""``python -m geoserver``: the command line."""

from geoserver.cli import main

if __name__ == "__main__":
    main()
