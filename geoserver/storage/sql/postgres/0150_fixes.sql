-- Fixes of vehicles, in whole numbers (geoserver/series/packed.py); each day has a partition of its own.
CREATE TABLE fix_vehicle (
  number  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id      text NOT NULL UNIQUE
);
CREATE TABLE fix (
  vehicle  integer NOT NULL,
  time_ms  bigint NOT NULL,
  lon      integer NOT NULL,
  lat      integer NOT NULL,
  height   integer,
  heading  integer,
  speed    integer,
  PRIMARY KEY (vehicle, time_ms)
) PARTITION BY RANGE (time_ms);
