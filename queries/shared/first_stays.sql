-- Since when each source has told of stays, of whatever disease.
SELECT source, min(from_day) AS first_day
FROM placements
GROUP BY source
ORDER BY source
