-- title.ja: 公表陽性者数
-- title.en: Published cases, by day of publication
-- unit: persons
-- shape: series
-- measure: none
-- basis: 公表
-- date: 公表日
-- numerator: 公表された陽性者（公表日で数える）
-- source: cases
-- lag_days: 0
-- missing: zero
-- high_is: bad
-- columns: day 公表日 ; value 公表陽性者数
-- by: day ; week ; month ; fiscal_year
-- days: 28
WITH counted AS (
  SELECT published_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND published_day BETWEEN $from AND $to
  GROUP BY published_day
),
days AS (
  SELECT CAST(day AS DATE) AS day
  FROM (SELECT unnest(generate_series(CAST($from AS DATE), CAST($to AS DATE), INTERVAL '1' DAY)) AS day) AS listed
),
placed AS (
  SELECT
    CASE $by
      WHEN 'week' THEN CAST(date_trunc('week', days.day) AS DATE)
      WHEN 'month' THEN CAST(date_trunc('month', days.day) AS DATE)
      WHEN 'fiscal_year' THEN CAST(date_trunc('year', days.day - INTERVAL '3' MONTH) + INTERVAL '3' MONTH AS DATE)
      ELSE days.day
    END AS day,
    coalesce(counted.cases, 0) AS cases
  FROM days LEFT JOIN counted ON counted.day = days.day
)
SELECT day, CAST(sum(cases) AS BIGINT) AS value
FROM placed
GROUP BY day
ORDER BY day
