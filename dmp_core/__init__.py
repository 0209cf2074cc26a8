"""The DMP for pharmacy software: hooks for plugins, services for hosts, the DMP's transactions on the wire.

Start reading at `dmp_core.app`, which puts the parts together. This package must not know any host's language
or screens.
"""

__version__ = "0.1.0"
