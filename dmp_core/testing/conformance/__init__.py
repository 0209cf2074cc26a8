"""What every plugin and every way in must keep: read, run over a corpus, given nonsense, listened to.

`suite.run` gives a `Report`; each rule of it has an id, says what was found, and what to do.
"""
