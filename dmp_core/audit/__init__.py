"""The chained record of who did what: append only, any change detected. It never holds a person's data."""
