-- The days on which each month's population is the one last known; the first month also stands for the days before it.
SELECT
  month,
  CASE WHEN lag(month) OVER (ORDER BY month) IS NULL THEN DATE '0001-01-01' ELSE month END AS first_day,
  coalesce(lead(month) OVER (ORDER BY month) - 1, DATE '9999-12-31') AS last_day
FROM (SELECT DISTINCT month FROM population) AS listed
