-- Cases by the day on which they were published.
SELECT CAST(published_day AS VARCHAR) AS day, CAST(COUNT(*) AS BIGINT) AS value
FROM cases
WHERE channel = 'open_data'
GROUP BY published_day
ORDER BY day
