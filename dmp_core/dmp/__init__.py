"""The DMP on the wire: one module per transaction (`td02_existence`, `td21_feed`...), values in, bytes out and back.

Nothing here opens a socket, a file or a card, and nothing reads the time: see `services` and `transport`.
"""
