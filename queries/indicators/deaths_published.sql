-- title.ja: 死亡者数（公表日別）
-- title.en: Deaths, by day of publication
-- unit: persons
-- shape: series
-- measure: none
-- basis: 管内
-- date: 死亡公表日
-- numerator: 死亡が公表された者（移管済・死亡疑いの届出を除く）
-- source: cases
-- lag_days: 0
-- missing: zero
-- high_is: bad
-- columns: day 死亡公表日 ; value 死亡者数
-- by: day ; week ; month ; fiscal_year
-- days: 56
WITH counted AS (
  SELECT death_published_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND death_published_day BETWEEN $from AND $to AND received_day IS NOT NULL AND jurisdiction IS DISTINCT FROM 'transferred_out'
    AND class IS DISTINCT FROM 'died_suspected'
  GROUP BY death_published_day
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
