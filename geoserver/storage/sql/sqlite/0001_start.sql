-- One row a record: indexed columns beside the whole document.
CREATE TABLE IF NOT EXISTS record (
  number     INTEGER PRIMARY KEY,
  kind       TEXT NOT NULL,
  id         TEXT NOT NULL,
  version    INTEGER NOT NULL,
  valid_from TEXT,
  valid_to   TEXT,
  lon        REAL NOT NULL,
  lat        REAL NOT NULL,
  height_m   REAL,
  area       TEXT NOT NULL,
  document   TEXT NOT NULL,
  UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS record_area ON record (kind, area);

-- Boxes of the records' places; a point's box is the point, rounded outwards by SQLite.
CREATE VIRTUAL TABLE IF NOT EXISTS record_box USING rtree (number, west, east, south, north);

-- What happened, in order; never changed. digest chains the rows once accounts and signing exist.
CREATE TABLE IF NOT EXISTS journal (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  time     TEXT NOT NULL,
  actor    TEXT NOT NULL,
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  action   TEXT NOT NULL CHECK (action IN ('create', 'change', 'remove')),
  before   TEXT,
  after    TEXT,
  digest   BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS journal_record ON journal (kind, id, seq);
CREATE TRIGGER IF NOT EXISTS journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;

-- Keys of writes that were made, so that repeating one changes nothing.
CREATE TABLE IF NOT EXISTS done (
  key  TEXT PRIMARY KEY,
  seq  INTEGER NOT NULL
);

-- Addresses and passwords of streams; in no record, answer, journal row, dump or log.
CREATE TABLE IF NOT EXISTS credential (
  camera   TEXT NOT NULL,
  stream   TEXT NOT NULL,
  url      TEXT NOT NULL,
  user     TEXT NOT NULL,
  password TEXT NOT NULL,
  PRIMARY KEY (camera, stream)
) WITHOUT ROWID;
