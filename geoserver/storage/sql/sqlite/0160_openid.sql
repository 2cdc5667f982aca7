-- Sessions and accounts that belong to a sign-in provider's. Times are seconds since 1970.
-- Written so that both engines read it. A session with a time in until ends then, whatever else.
ALTER TABLE session ADD COLUMN until DOUBLE PRECISION;

-- Who somebody there is here.
CREATE TABLE IF NOT EXISTS linked_account (
  issuer   TEXT NOT NULL,
  subject  TEXT NOT NULL,
  account  TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX IF NOT EXISTS linked_account_account ON linked_account (account);

-- Which session there a session here came from; refresh and hint are sealed.
CREATE TABLE IF NOT EXISTS bound_session (
  digest     TEXT PRIMARY KEY REFERENCES session (digest) ON DELETE CASCADE,
  issuer     TEXT NOT NULL,
  subject    TEXT NOT NULL,
  sid        TEXT,
  checked    DOUBLE PRECISION NOT NULL,
  confirmed  DOUBLE PRECISION NOT NULL,
  refresh    TEXT,
  hint       TEXT
);
CREATE INDEX IF NOT EXISTS bound_session_subject ON bound_session (issuer, subject);
CREATE INDEX IF NOT EXISTS bound_session_sid ON bound_session (issuer, sid);
CREATE INDEX IF NOT EXISTS bound_session_checked ON bound_session (checked);

-- What is good once, and was used: returns from the provider, and its notices. Keys are digests.
CREATE TABLE IF NOT EXISTS spent (
  key    TEXT PRIMARY KEY,
  until  DOUBLE PRECISION NOT NULL
);
CREATE INDEX IF NOT EXISTS spent_until ON spent (until);
