"""A reader that the seats of a pharmacy share: seats that know each other hand tasks to the one with the card.

Never a code of a card and never a signature travels; what is handed over is durable at the other seat before it is let
go here. Threads, time and randomness are given by `app`.
"""
