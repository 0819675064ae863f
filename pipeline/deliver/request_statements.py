"""The SQL of the requests that the web service takes, in the manner of `statements`."""

from __future__ import annotations

__all__: list[str] = []

SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    id BIGINT PRIMARY KEY,
    key TEXT NOT NULL,
    mailbox TEXT NOT NULL,
    address TEXT NOT NULL,
    lists TEXT NOT NULL,
    network TEXT NOT NULL,
    asked DOUBLE PRECISION NOT NULL,
    open BOOLEAN NOT NULL,
    confirmed BOOLEAN NOT NULL DEFAULT FALSE,
    mail TEXT NOT NULL CHECK (mail IN ('none', 'queued', 'sending', 'sent', 'failed')),
    due DOUBLE PRECISION NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS request_key ON request (key);
CREATE INDEX IF NOT EXISTS request_asked ON request (asked);
CREATE INDEX IF NOT EXISTS request_mailbox ON request (mailbox);
CREATE INDEX IF NOT EXISTS request_network ON request (network, asked);
CREATE INDEX IF NOT EXISTS request_queued ON request (due) WHERE mail = 'queued';
"""
"""Who asked by the web service to be taken in: `lists` are names, `open` says that it may still be confirmed.

Apart from the subscribers: whoever types an address there changes nothing about the one whose address it is. `mailbox`
is a digest of it, by which requests are counted.
"""

ASKED = "SELECT count(*) FROM request WHERE asked > :since"
ASKED_FROM = "SELECT count(*) FROM request WHERE network = :network AND asked > :since"
MAILED = """
SELECT count(*) FROM request WHERE mailbox = :mailbox AND asked > :since AND mail <> 'none' AND NOT confirmed
"""
MAILED_LATELY = "SELECT count(*) FROM request WHERE mailbox = :mailbox AND asked > :since AND mail <> 'none'"
NEW_REQUEST = """
INSERT INTO request (id, key, mailbox, address, lists, network, asked, open, mail, due)
VALUES (:id, :key, :mailbox, :address, :lists, :network, :asked, :open, :mail, :asked)
"""
OLD_REQUESTS = "DELETE FROM request WHERE asked <= :before"
REQUEST = """
SELECT id, key, address, lists, network, asked, confirmed FROM request WHERE id = :id AND open AND asked > :since
"""
CONFIRMED = "UPDATE request SET confirmed = TRUE WHERE id = :id"
VOID = """
UPDATE request SET open = FALSE
WHERE key = :key AND id <> :but AND (:list = '' OR ' ' || lists || ' ' LIKE '% ' || :list || ' %')
"""
FORGOTTEN = "UPDATE request SET key = '', address = '', open = FALSE WHERE key = :key"
NEXT_REQUEST = """
UPDATE request SET mail = 'sending', tries = tries + 1
WHERE id = (SELECT id FROM request WHERE mail = 'queued' AND open AND due <= :now ORDER BY due LIMIT 1)
RETURNING id, key, address, tries
"""
WAITING = "SELECT count(*) FROM request WHERE mail = 'queued' AND open AND due <= :now"
STANDING_OF = "SELECT count(*) FROM subscriber WHERE key = :key AND standing <> ''"
UNMAILED = "UPDATE request SET mail = 'none', open = FALSE WHERE id = :id"
MAIL = "UPDATE request SET mail = :mail, due = :due WHERE id = :id AND mail = 'sending'"
