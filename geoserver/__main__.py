"""``python -m geoserver``: the command line."""

if __name__ == "__main__":
    from geoserver.cli import main

    main()
