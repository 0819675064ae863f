"""The only way out to the web: bounded in time, size and redirects, and never into a private network."""

from pipeline.fetch.answer import Answer, Failure, Outcome, Trouble
from pipeline.fetch.exchange import Policy, ask
from pipeline.fetch.follow import fetch
from pipeline.fetch.networks import Network
from pipeline.fetch.rounds import Rounds
from pipeline.fetch.target import Target, target

__all__ = ["Answer", "Failure", "Network", "Outcome", "Policy", "Rounds", "Target", "Trouble", "ask", "fetch", "target"]
