-- Tables given with a query.

-- name: view
-- The plain name of a table given, over the rows that its slot holds.
CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM given_rows({slot})
