-- Who may sign in, and what they hold. Passwords, sessions and tokens are kept as digests only.
-- Times are seconds since 1970. Written so that both engines read it.
CREATE TABLE IF NOT EXISTS account (
  name       TEXT PRIMARY KEY,
  title      TEXT NOT NULL,
  password   TEXT,
  once_until DOUBLE PRECISION,
  disabled   INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  posts      TEXT NOT NULL,
  grants     TEXT NOT NULL
);

-- Browsers that are signed in.
CREATE TABLE IF NOT EXISTS session (
  digest   TEXT PRIMARY KEY,
  account  TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  made     DOUBLE PRECISION NOT NULL,
  seen     DOUBLE PRECISION NOT NULL,
  address  TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS session_account ON session (account);

-- What systems show instead of a password.
CREATE TABLE IF NOT EXISTS token (
  id       TEXT PRIMARY KEY,
  digest   TEXT NOT NULL UNIQUE,
  account  TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  label    TEXT NOT NULL,
  scopes   TEXT NOT NULL,
  made     DOUBLE PRECISION NOT NULL,
  expires  DOUBLE PRECISION NOT NULL,
  seen     DOUBLE PRECISION
);
CREATE INDEX IF NOT EXISTS token_account ON token (account);

-- Attempts to sign in that were wrong; keys are digests, for people type passwords where a name belongs.
CREATE TABLE IF NOT EXISTS attempt (
  key       TEXT PRIMARY KEY,
  failures  INTEGER NOT NULL,
  last      DOUBLE PRECISION NOT NULL,
  until     DOUBLE PRECISION NOT NULL
);
CREATE INDEX IF NOT EXISTS attempt_last ON attempt (last);
