-- PostGIS is needed; where an administrator has made it already, this does nothing.
CREATE EXTENSION IF NOT EXISTS postgis;

-- One row a record: indexed columns beside the whole document. place is where it stands; shape is its own
-- geometry, where it has one that is no point.
CREATE TABLE record (
  number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind       text COLLATE "C" NOT NULL,
  id         text COLLATE "C" NOT NULL,
  version    integer NOT NULL,
  valid_from timestamptz,
  valid_to   timestamptz,
  lon        double precision NOT NULL,
  lat        double precision NOT NULL,
  height_m   double precision,
  area       text COLLATE "C" NOT NULL,
  place      geometry(Point, 4326) GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)) STORED,
  shape      geometry(Geometry, 4326),
  document   jsonb NOT NULL,
  UNIQUE (kind, id)
);
CREATE INDEX record_area ON record (kind, area);
CREATE INDEX record_place ON record USING gist (place);
CREATE INDEX record_shape ON record USING gist (shape) WHERE shape IS NOT NULL;

-- What happened, in order. Bodies are json, which keeps a text as it is: their digests are chained.
CREATE TABLE journal (
  seq            bigint PRIMARY KEY,
  time           timestamptz NOT NULL,
  actor          text NOT NULL,
  kind           text COLLATE "C" NOT NULL,
  id             text COLLATE "C" NOT NULL,
  action         text NOT NULL CHECK (action IN ('create', 'change', 'remove', 'look')),
  before         json,
  after          json,
  detail         json,
  before_digest  text NOT NULL,
  after_digest   text NOT NULL,
  detail_digest  text NOT NULL,
  digest         bytea NOT NULL
);
CREATE INDEX journal_record ON journal (kind, id, seq);
CREATE INDEX journal_changes ON journal (seq) WHERE action <> 'look';
CREATE INDEX journal_looks ON journal (seq) WHERE action = 'look';
CREATE INDEX journal_time ON journal (time);

-- A row is never changed, but for its bodies, which may be forgotten. This keeps off mistakes; against those
-- who own the database there are the chain and the seals.
CREATE FUNCTION journal_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND
    (NEW.seq, NEW.time, NEW.actor, NEW.kind, NEW.id, NEW.action, NEW.before_digest, NEW.after_digest,
      NEW.detail_digest, NEW.digest)
    = (OLD.seq, OLD.time, OLD.actor, OLD.kind, OLD.id, OLD.action, OLD.before_digest, OLD.after_digest,
      OLD.detail_digest, OLD.digest)
    AND (NEW.before IS NULL OR NEW.before::text = OLD.before::text)
    AND (NEW.after IS NULL OR NEW.after::text = OLD.after::text)
    AND (NEW.detail IS NULL OR NEW.detail::text = OLD.detail::text)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the journal is never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal
  FOR EACH ROW EXECUTE FUNCTION journal_is_kept();

-- Heads of the journal, signed with a key that is kept elsewhere.
CREATE TABLE seal (
  seq        bigint PRIMARY KEY,
  digest     bytea NOT NULL,
  time       timestamptz NOT NULL,
  signature  bytea NOT NULL,
  key        text NOT NULL
);

-- Keys of writes that were made, so that repeating one changes nothing.
CREATE TABLE done (
  key  text PRIMARY KEY,
  seq  bigint NOT NULL
);

-- Addresses and passwords of streams; in no record, answer, journal row, dump or log.
CREATE TABLE credential (
  camera    text NOT NULL,
  stream    text NOT NULL,
  url       text NOT NULL,
  username  text NOT NULL,
  password  text NOT NULL,
  PRIMARY KEY (camera, stream)
);
