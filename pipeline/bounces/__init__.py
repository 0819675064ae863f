"""What comes back: returned messages and complaints, told apart from answers, and what follows for the subscriber.

Reading is bounded and never fails; who is believed is decided by tokens alone.
"""
