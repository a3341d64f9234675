-- title.ja: 新規発病数（発病日別）
-- title.en: New cases, by day of onset
-- unit: persons
-- shape: series
-- measure: none
-- basis: 受理
-- date: 発病日
-- numerator: 当所が受理した者を発病日で数えたもの（発病日のない者は入らない）
-- source: cases
-- lag_days: 10
-- missing: zero
-- high_is: bad
-- columns: day 発病日 ; value 新規発病数
-- by: day ; week ; month ; fiscal_year
-- days: 56
WITH counted AS (
  SELECT onset_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND onset_day BETWEEN $from AND $to AND received_day IS NOT NULL
  GROUP BY onset_day
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
