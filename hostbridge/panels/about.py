"""*À propos*: who wrote the software, and how the DMP knows it."""

from typing import ClassVar

from hostbridge.panels.panel import Panel


class About(Panel):
    name: ClassVar = "about"
    title: ClassVar = "À propos"
    template: ClassVar = "about.html"
    method: ClassVar = "software/about"
