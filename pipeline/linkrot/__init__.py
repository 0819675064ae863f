"""Whether links are alive: what is looked at, what an answer means, what is told of it. Pure; `patrol` asks."""

from pipeline.linkrot.findings import link_findings
from pipeline.linkrot.places import Place, places
from pipeline.linkrot.record import Record, State
from pipeline.linkrot.rot import Rot, rot
from pipeline.linkrot.visit import Visit, step, visit

__all__ = ["Place", "Record", "Rot", "State", "Visit", "link_findings", "places", "rot", "step", "visit"]
