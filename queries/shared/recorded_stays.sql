-- Since when there are records of stays, of whatever disease: before that nothing was counted, which is no zero.
SELECT (SELECT from_day FROM placements WHERE from_day IS NOT NULL ORDER BY from_day LIMIT 1) AS first_day
