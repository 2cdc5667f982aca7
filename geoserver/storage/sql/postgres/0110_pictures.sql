-- Photographs by the SHA-256 of their bytes; which record has which stands in the records.
CREATE TABLE picture (
  id     TEXT PRIMARY KEY,
  whole  bytea NOT NULL,
  small  bytea NOT NULL
);
ALTER TABLE picture ALTER whole SET STORAGE EXTERNAL, ALTER small SET STORAGE EXTERNAL;
