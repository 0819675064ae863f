"""The SQL of what came back, in the manner of `statements`."""

from __future__ import annotations

__all__: list[str] = []

SCHEMA = """
CREATE TABLE IF NOT EXISTS bounce (
    digest TEXT PRIMARY KEY,
    subscriber BIGINT NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    send INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('hard', 'soft', 'blocked', 'complaint')),
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS bounce_subscriber ON bounce (subscriber, send);
"""
"""A row for each message that came back and was believed, or was refused when it was handed over.

`send` is 0 where it is not known of which it is.
"""

SEEN = "SELECT count(*) FROM bounce WHERE digest = :digest"
BOUNCE = """
INSERT INTO bounce (digest, subscriber, send, verdict, status, reason, at)
VALUES (:digest, :subscriber, :send, :verdict, :status, :reason, :at)
"""
WHO = "SELECT key, address, standing FROM subscriber WHERE id = :subscriber"
SENT_TO = """
SELECT send.id, send.issue, list.name, send.hash, send.domain, recipient.address
FROM recipient JOIN send ON send.id = recipient.send JOIN list ON list.id = send.list
WHERE recipient.subscriber = :subscriber ORDER BY send.id DESC LIMIT 100
"""
RUN = """
SELECT recipient.at, EXISTS (
    SELECT 1 FROM bounce
    WHERE bounce.subscriber = recipient.subscriber AND bounce.send = recipient.send AND bounce.verdict = 'soft'
)
FROM recipient WHERE recipient.subscriber = :subscriber AND recipient.state IN ('sent', 'failed')
ORDER BY recipient.send DESC LIMIT :most
"""
"""When the last sends went to a subscriber, the newest first, and whether each came back or was refused at once."""
TRIED_AGAIN = """
DELETE FROM bounce WHERE send = :send AND verdict = 'soft'
    AND subscriber IN (SELECT subscriber FROM recipient WHERE send = :send AND state = :state)
"""
"""Whoever is tried again is not counted as refused for what was said before."""
STAND = """
UPDATE subscriber SET standing = :standing
WHERE id = :subscriber AND (standing = '' OR standing = 'bounced' AND :standing = 'complained')
"""
