"""`python -m rfa_report`: the command line."""

from rfa_report.cli import main

main()
