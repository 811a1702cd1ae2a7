-- in-memory.sql: for what reads plain passwords, before it begins
--
-- adopt.sql and the imports read it; it isn't run by itself.

-- What SQLite puts aside stays in memory. To say so empties TEMP, where the
-- shell has its parameters, so they are carried over.

.parameter init
ATTACH ':memory:' AS kept;
CREATE TABLE kept.parameters AS SELECT * FROM temp.sqlite_parameters;
PRAGMA temp_store = MEMORY;
.parameter init
INSERT OR REPLACE INTO temp.sqlite_parameters
  SELECT * FROM kept.parameters;
DETACH kept;

-- Changed pages wait in memory for the COMMIT, so that others can read until
-- then. Whoever reads this turns it on again.

PRAGMA cache_spill = OFF;
