"""A way in: FHIRcast 3.0 (STU3). The patient whom another program opens is the one whose DMP is at hand."""

from host_fhircast.events import ContextEvent, EventRefused, read_event
from host_fhircast.follower import Follower

__all__ = ["ContextEvent", "EventRefused", "Follower", "read_event"]
