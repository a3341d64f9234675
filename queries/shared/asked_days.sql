-- The days asked for, one row each.
SELECT CAST(day AS DATE) AS day
FROM (SELECT unnest(generate_series(CAST($from AS DATE), CAST($to AS DATE), INTERVAL '1' DAY)) AS day) AS listed
