"""Text that was decoded wrongly: what is certain is restored, what was lost is proposed; addresses stay."""

from pipeline.encoding.dictionary import MissingDictionary
from pipeline.encoding.repair import Change, Mode, Repair, repaired

__all__ = ["Change", "MissingDictionary", "Mode", "Repair", "repaired"]
