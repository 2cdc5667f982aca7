-- Photographs by the SHA-256 of their bytes; which record has which stands in the records.
CREATE TABLE picture (
  id     TEXT PRIMARY KEY,
  whole  BLOB NOT NULL,
  small  BLOB NOT NULL
);
