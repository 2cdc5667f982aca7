-- What is known of the cameras' health, how long each state lasted, what was set, and which process checks.
-- Times are seconds since 1970. Written so that both engines read it.
CREATE TABLE health_now (
  camera      TEXT PRIMARY KEY,
  seq         BIGINT NOT NULL,
  online      INTEGER,
  since       DOUBLE PRECISION,
  reached_at  DOUBLE PRECISION,
  why         TEXT,
  missed      INTEGER NOT NULL,
  faults      TEXT NOT NULL,
  judged_at   DOUBLE PRECISION,
  counts      TEXT NOT NULL,
  verdicts    TEXT NOT NULL,
  reference   TEXT
);
CREATE INDEX health_now_seq ON health_now (seq);
CREATE TABLE health_span (
  camera  TEXT NOT NULL,
  state   TEXT NOT NULL,
  since   DOUBLE PRECISION NOT NULL,
  until   DOUBLE PRECISION,
  PRIMARY KEY (camera, state, since)
);
CREATE INDEX health_span_until ON health_span (until);
CREATE TABLE health_judgement (
  camera    TEXT NOT NULL,
  at        DOUBLE PRECISION NOT NULL,
  faults    TEXT NOT NULL,
  verdicts  TEXT NOT NULL,
  picture   TEXT,
  PRIMARY KEY (camera, at)
);
CREATE INDEX health_judgement_at ON health_judgement (at);
CREATE TABLE health_plan (
  version   INTEGER PRIMARY KEY,
  at        DOUBLE PRECISION NOT NULL,
  actor     TEXT NOT NULL,
  document  TEXT NOT NULL
);
CREATE TABLE health_turn (
  name    TEXT PRIMARY KEY,
  holder  TEXT NOT NULL,
  beat    BIGINT NOT NULL
);
