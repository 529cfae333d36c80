"""`python -m intertie`."""

from intertie.cli.main import main

if __name__ == "__main__":
    main()
