"""The only writer: artifacts -> `out/`, the whole generation or none of it, whatever is killed or refused meanwhile."""

from pipeline.write.generation import Changes, Generation, recover, unfinished, writing
from pipeline.write.stage import Mark, Staged, State

__all__ = ["Changes", "Generation", "Mark", "Staged", "State", "recover", "unfinished", "writing"]
