"""Every SQL statement of delivery: plain, with named parameters, for SQLite now and PostgreSQL later."""

from __future__ import annotations

__all__: list[str] = []

SCHEMA = """
CREATE TABLE epoch (number BIGINT NOT NULL);
INSERT INTO epoch VALUES (0);
CREATE TABLE list (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE subscriber (
    id BIGINT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('', 'bounced', 'complained', 'suppressed'))
);
CREATE TABLE membership (
    list INTEGER NOT NULL REFERENCES list (id),
    subscriber BIGINT NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('unconfirmed', 'active', 'unsubscribed')),
    source TEXT NOT NULL,
    consented TEXT NOT NULL,
    changed TEXT NOT NULL,
    PRIMARY KEY (list, subscriber)
);
CREATE TABLE erased (digest TEXT PRIMARY KEY);
CREATE TABLE send (
    id INTEGER PRIMARY KEY,
    issue TEXT NOT NULL,
    list INTEGER NOT NULL REFERENCES list (id),
    subject TEXT NOT NULL,
    sender TEXT NOT NULL,
    domain TEXT NOT NULL,
    hash TEXT NOT NULL,
    revision TEXT NOT NULL,
    date TEXT NOT NULL,
    pieces TEXT NOT NULL,
    correction INTEGER NOT NULL,
    cursor TEXT NOT NULL DEFAULT '',
    began TEXT NOT NULL,
    frozen TEXT NOT NULL DEFAULT '',
    paused TEXT NOT NULL DEFAULT '',
    ended TEXT NOT NULL DEFAULT '',
    UNIQUE (issue, list, correction)
);
CREATE TABLE recipient (
    id INTEGER PRIMARY KEY,
    send INTEGER NOT NULL REFERENCES send (id),
    subscriber BIGINT NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'uncertain', 'withdrawn')),
    reason TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    due DOUBLE PRECISION NOT NULL DEFAULT 0,
    owner TEXT NOT NULL DEFAULT '',
    lease DOUBLE PRECISION NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    at DOUBLE PRECISION NOT NULL DEFAULT 0,
    UNIQUE (send, address)
);
CREATE INDEX recipient_queued ON recipient (send, due, id) WHERE state = 'queued';
CREATE INDEX recipient_doubtful ON recipient (send, id) WHERE state IN ('sending', 'uncertain');
CREATE INDEX recipient_held ON recipient (send, owner) WHERE lease > 0;
CREATE INDEX recipient_subscriber ON recipient (subscriber);
"""
"""The tables. `recipient` has a row for each who was on the list when the send began; `lease` is until when it is held.

A send is `frozen` when they are all written; `cursor` says how far that is. `correction` counts from 0, the first send.

`epoch` counts the claims: a copy of the file that is older than the last send has a smaller number.
"""

# Subscribers

LIST = "INSERT INTO list (name) VALUES (:name) ON CONFLICT (name) DO NOTHING"
LIST_ID = "SELECT id FROM list WHERE name = :name"
LISTS = "SELECT name FROM list ORDER BY name"

SUBSCRIBER = """
INSERT INTO subscriber (id, key, address, name, standing) VALUES (:id, :key, :address, :name, :standing)
ON CONFLICT (key) DO UPDATE SET
    name = CASE WHEN excluded.name = '' THEN subscriber.name ELSE excluded.name END,
    standing = CASE WHEN excluded.standing = '' THEN subscriber.standing ELSE excluded.standing END
"""

MEMBERSHIP = """
INSERT INTO membership (list, subscriber, state, source, consented, changed)
SELECT :list, id, :state, :source, :consented, :now FROM subscriber WHERE key = :key
ON CONFLICT (list, subscriber) DO UPDATE SET
    state = excluded.state, source = excluded.source, consented = excluded.consented, changed = excluded.changed
WHERE membership.state = 'unconfirmed' AND excluded.state <> 'unconfirmed'
    OR membership.state = 'active' AND excluded.state = 'unsubscribed'
    OR :again AND membership.state <> excluded.state
"""
"""Who left stays away whatever a file says; `again` is for those who asked to be taken in anew."""

STATE = """
SELECT CASE WHEN s.standing = '' THEN m.state ELSE s.standing END
FROM membership m JOIN subscriber s ON s.id = m.subscriber
WHERE m.list = :list AND s.key = :key
"""
LIFTED = "UPDATE subscriber SET standing = '' WHERE key = :key AND standing <> ''"
LEAVE = """
UPDATE membership SET state = 'unsubscribed', changed = :now
WHERE list = :list AND state <> 'unsubscribed' AND subscriber = (SELECT id FROM subscriber WHERE key = :key)
"""
ERASE_RECIPIENTS = """
UPDATE recipient SET address = :nobody || id, name = '',
    state = CASE WHEN state = 'queued' THEN 'withdrawn' ELSE state END
WHERE subscriber = (SELECT id FROM subscriber WHERE key = :key)
"""
ERASE_MEMBERSHIPS = "DELETE FROM membership WHERE subscriber = (SELECT id FROM subscriber WHERE key = :key)"
ERASE_SUBSCRIBER = "DELETE FROM subscriber WHERE key = :key"
ERASED = "INSERT INTO erased (digest) VALUES (:digest) ON CONFLICT (digest) DO NOTHING"
ALL_ERASED = "SELECT digest FROM erased"
WELCOME_BACK = "DELETE FROM erased WHERE digest = :digest"

MEMBERS = """
SELECT s.address, s.name, CASE WHEN s.standing = '' THEN m.state ELSE s.standing END AS state,
    l.name, m.source, m.consented, m.changed
FROM membership m JOIN subscriber s ON s.id = m.subscriber JOIN list l ON l.id = m.list
WHERE l.name = :list ORDER BY s.key
"""
COUNTS = """
SELECT l.name, CASE WHEN s.standing = '' THEN m.state ELSE s.standing END AS state, count(*)
FROM membership m JOIN subscriber s ON s.id = m.subscriber JOIN list l ON l.id = m.list
GROUP BY 1, 2 ORDER BY 1, 2
"""

ASSIGNED = """
SELECT s.address, s.key, l.name FROM subscriber s, list l WHERE s.id = :subscriber AND l.id = :list
"""
MEMBERSHIPS = """
SELECT l.name, m.state FROM membership m JOIN subscriber s ON s.id = m.subscriber JOIN list l ON l.id = m.list
WHERE s.key = :key ORDER BY l.name
"""
ON_LISTS = """
SELECT l.name, CASE WHEN s.standing = '' THEN m.state ELSE s.standing END
FROM membership m JOIN subscriber s ON s.id = m.subscriber JOIN list l ON l.id = m.list
WHERE s.key = :key ORDER BY l.name
"""

# The ledger

_MAY_GET = """
SELECT 1 FROM send JOIN membership m ON m.list = send.list JOIN subscriber s ON s.id = m.subscriber
WHERE send.id = recipient.send AND send.paused = ''
    AND m.subscriber = recipient.subscriber AND m.state = 'active' AND s.standing = ''
"""

EPOCH = "SELECT number FROM epoch"
NEXT_EPOCH = "UPDATE epoch SET number = number + 1 RETURNING number"

SEND = """
SELECT send.id, issue, list.name, subject, sender, domain, hash, revision, date, pieces, correction,
    began, frozen, paused, ended
FROM send JOIN list ON list.id = send.list WHERE issue = :issue AND list.name = :list
ORDER BY correction DESC LIMIT 1
"""
NEW_SEND = """
INSERT INTO send (issue, list, subject, sender, domain, hash, revision, date, pieces, correction, began)
VALUES (:issue, :list, :subject, :sender, :domain, :hash, :revision, :date, :pieces, :correction, :began)
"""
PAUSE = "UPDATE send SET paused = :now WHERE id = :send"
PAUSED = "SELECT paused FROM send WHERE id = :send"

CURSOR = "SELECT cursor FROM send WHERE id = :send AND frozen = ''"
ADVANCED = "UPDATE send SET cursor = :upto WHERE id = :send"
FROZEN = "UPDATE send SET frozen = :now WHERE id = :send AND frozen = ''"
SLICE = """
SELECT max(subscriber) FROM (
    SELECT subscriber FROM membership WHERE list = :list AND subscriber > :after ORDER BY subscriber LIMIT :most
) AS slice
"""
FREEZE = """
INSERT INTO recipient (send, subscriber, address, name, state)
SELECT :send, s.id, s.address, s.name, 'queued' FROM membership m JOIN subscriber s ON s.id = m.subscriber
WHERE m.list = :list AND m.subscriber > :after AND m.subscriber <= :upto AND m.state = 'active' AND s.standing = ''
"""
SLICE_AGAIN = """
SELECT max(address) FROM (
    SELECT address FROM recipient WHERE send = :before AND address > :after ORDER BY address LIMIT :most
) AS slice
"""
FREEZE_AGAIN = """
INSERT INTO recipient (send, subscriber, address, name, state)
SELECT :send, subscriber, address, name, 'queued' FROM recipient
WHERE send = :before AND address > :after AND address <= :upto AND state NOT IN ('failed', 'withdrawn')
"""
BEFORE = """
SELECT before.id FROM send JOIN send AS before
    ON before.issue = send.issue AND before.list = send.list AND before.correction = send.correction - 1
WHERE send.id = :send
"""
LIST_OF = "SELECT list FROM send WHERE id = :send"
"""A send is frozen slice by slice, each in a transaction of its own: nobody else waits long for one."""

AUDIENCE = """
SELECT count(*) FROM membership m JOIN subscriber s ON s.id = m.subscriber JOIN list l ON l.id = m.list
WHERE l.name = :list AND m.state = 'active' AND s.standing = ''
"""

CLAIM = """
UPDATE recipient SET owner = :owner, lease = :until, fence = fence + 1
WHERE id IN (
    SELECT id FROM recipient WHERE send = :send AND state = 'queued' AND due <= :now AND lease <= :now
    ORDER BY due, id LIMIT :most
) AND state = 'queued' AND lease <= :now
RETURNING id, subscriber, address, name, attempts, fence, at
"""
INTENT = f"""
UPDATE recipient SET state = 'sending', at = :now, lease = :until
WHERE id = :id AND fence = :fence AND state = 'queued' AND EXISTS ({_MAY_GET})
"""
WITHDRAW = """
UPDATE recipient SET state = 'withdrawn', reason = 'left before it was sent', at = :now
WHERE id = :id AND fence = :fence AND state = 'queued'
"""
RESULT = """
UPDATE recipient SET state = :state, reason = :reason, at = :now, due = :due, attempts = attempts + 1, lease = 0
WHERE id = :id AND fence = :fence AND state IN ('sending', 'uncertain')
"""
NEXT_DUE = """
SELECT CASE WHEN due > lease THEN due ELSE lease END FROM recipient
WHERE send = :send AND state = 'queued' ORDER BY due, id LIMIT 1
"""
RELEASE = """
UPDATE recipient SET lease = 0 WHERE send = :send AND owner = :owner AND lease > 0 AND state = 'queued'
"""
ABANDONED = "UPDATE recipient SET lease = 0 WHERE send = :send AND owner = :owner AND lease > 0"
OWNERS = "SELECT DISTINCT owner FROM recipient WHERE send = :send AND lease > 0"
PUT_OFF = "UPDATE recipient SET due = :due, lease = 0 WHERE id = :id AND fence = :fence AND state = 'queued'"
DOUBTFUL = """
SELECT id, subscriber, address, name, attempts, fence, at FROM recipient
WHERE send = :send AND id > :after AND state IN ('sending', 'uncertain') AND (state = 'uncertain' OR lease <= :now)
ORDER BY id LIMIT :most
"""
HELD = """
UPDATE recipient SET state = 'uncertain', reason = :reason, lease = 0
WHERE id = :id AND fence = :fence AND state = 'sending'
"""
AGAIN = """
UPDATE recipient SET state = 'queued', attempts = 0, due = 0, lease = 0 WHERE send = :send AND state = :state
"""
RESTORED = """
UPDATE recipient SET state = 'uncertain', reason = 'restored from a backup: it may have been sent after that'
WHERE state IN ('queued', 'sending')
"""
TALLY = "SELECT state, count(*) FROM recipient WHERE send = :send GROUP BY state"
NAMED = """
SELECT address, state, reason FROM recipient
WHERE send = :send AND state IN ('uncertain', 'failed') ORDER BY state, id LIMIT :most
"""
ENDED = "UPDATE send SET ended = :now WHERE id = :send AND ended = ''"
REOPENED = "UPDATE send SET ended = '' WHERE id = :send"
