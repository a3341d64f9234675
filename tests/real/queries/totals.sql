-- Every total of the sources that give only totals.
SELECT series, COALESCE(area, '') AS area, COALESCE(area_class, '') AS area_class, CAST(day AS VARCHAR) AS day, value
FROM aggregate_counts
ORDER BY series, area, area_class, day
