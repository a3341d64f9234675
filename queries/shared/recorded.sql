-- Since when there are records of cases, of whatever disease: before that nothing was counted, which is no zero. The first of an
-- order is found by the zones of the column; a minimum reads it all once rows have been corrected.
SELECT (SELECT received_day FROM cases WHERE received_day IS NOT NULL ORDER BY received_day LIMIT 1) AS first_day
