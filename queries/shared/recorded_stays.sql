-- Since when there are records of stays, of whatever disease: before that nothing was counted, which is no zero.
SELECT min(from_day) AS first_day FROM placements
