"""`python -m dynsur` is the program `dynsur`."""

from dynsur.cli.main import main

main()
