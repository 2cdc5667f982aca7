-- Digests of the bodies stand in the row, so that a body can be pruned and the chain still be checked.
-- Looks are rows too, with what was looked at, and why, in detail.
CREATE TABLE journal_chained (
  seq            INTEGER PRIMARY KEY,
  time           TEXT NOT NULL,
  actor          TEXT NOT NULL,
  kind           TEXT NOT NULL,
  id             TEXT NOT NULL,
  action         TEXT NOT NULL CHECK (action IN ('create', 'change', 'remove', 'look')),
  before         TEXT,
  after          TEXT,
  detail         TEXT,
  before_digest  TEXT NOT NULL,
  after_digest   TEXT NOT NULL,
  detail_digest  TEXT NOT NULL,
  digest         BLOB NOT NULL
);
INSERT INTO journal_chained
  SELECT seq, time, actor, kind, id, action, before, after, NULL, body_digest(before), body_digest(after), '', digest
  FROM journal ORDER BY seq;
DROP TABLE journal;
ALTER TABLE journal_chained RENAME TO journal;

CREATE INDEX journal_record ON journal (kind, id, seq);
CREATE INDEX journal_changes ON journal (seq) WHERE action <> 'look';
CREATE INDEX journal_looks ON journal (seq) WHERE action = 'look';

-- A row is never changed, but for its bodies, which may be forgotten. This keeps off mistakes; against those
-- who can write to the file there are the chain and the seals.
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
WHEN NOT (
  NEW.seq IS OLD.seq AND NEW.time IS OLD.time AND NEW.actor IS OLD.actor AND NEW.kind IS OLD.kind
  AND NEW.id IS OLD.id AND NEW.action IS OLD.action AND NEW.digest IS OLD.digest
  AND NEW.before_digest IS OLD.before_digest AND NEW.after_digest IS OLD.after_digest
  AND NEW.detail_digest IS OLD.detail_digest
  AND (NEW.before IS NULL OR NEW.before IS OLD.before) AND (NEW.after IS NULL OR NEW.after IS OLD.after)
  AND (NEW.detail IS NULL OR NEW.detail IS OLD.detail)
)
BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never shortened'); END;

-- Heads of the journal, signed with a key that is kept elsewhere.
CREATE TABLE seal (
  seq        INTEGER PRIMARY KEY,
  digest     BLOB NOT NULL,
  time       TEXT NOT NULL,
  signature  BLOB NOT NULL,
  key        TEXT NOT NULL
);
