"""`python -m traffic_marl` is the command line."""

from traffic_marl.cli import main

if __name__ == "__main__":
    main()
