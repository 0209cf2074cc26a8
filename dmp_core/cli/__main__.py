"""`python -m dmp_core.cli`."""

from dmp_core.cli import main

main(prog_name="dmp")
