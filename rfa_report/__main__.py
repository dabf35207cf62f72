"""`python -m rfa_report`: the command line."""

from rfa_report.cli.main import main

main()
