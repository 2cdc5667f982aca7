-- Requests for a second person's agreement, and what became of them. Times are seconds since 1970.
-- Written so that both engines read it.
CREATE TABLE agreement (
  id           TEXT PRIMARY KEY,
  asker        TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  opens        TEXT NOT NULL,
  purpose      TEXT NOT NULL,
  asked        DOUBLE PRECISION NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('open', 'agreed', 'declined', 'withdrawn')),
  answered_by  TEXT,
  answered     DOUBLE PRECISION,
  until        DOUBLE PRECISION
);
CREATE INDEX agreement_asked ON agreement (asked);
CREATE INDEX agreement_asker ON agreement (asker, until);
