"""Puts the parts together for one host, and owns what the core must not: the threads.

`ground` is what all areas stand on; `authentication`, `care`, `lines`, `people`, `feed`, `record` and `lending` each
put one area together; `assembly` joins them to an `App`. No rule of the field stands here.
"""

from dmp_core.app.assembly import App

__all__ = ["App"]
