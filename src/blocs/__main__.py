"""`python -m blocs` is the command `blocs`."""

from blocs.cli.main import main

if __name__ == "__main__":
    main()
