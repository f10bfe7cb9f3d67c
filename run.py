"""The command line, from a checkout: `python run.py compare`."""

from traffic_marl.cli import main

if __name__ == "__main__":
    main()
