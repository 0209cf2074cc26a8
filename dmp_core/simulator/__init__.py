"""The national services for developers: a DMP over HTTPS that refuses what the DMP would refuse.

It reads messages with code of its own and imports nothing of the client: both sides could be wrong together.
"""
