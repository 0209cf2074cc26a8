"""The record of an opened patient: how it is entered, listed and read."""
