"""The command line: , , , , , ."""
