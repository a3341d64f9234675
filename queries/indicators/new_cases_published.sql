-- title.ja: 公表陽性者数
-- title.en: Published cases, by day of publication
-- unit: persons
-- shape: series
-- chart: bars
-- group: published
-- measure: none
-- basis: 公表
-- date: 公表日
-- numerator: 公表された陽性者（公表日で数える）
-- source: cases
-- told_by: published_day
-- counted_by: published_day 公表日不明
-- lag_days: 0
-- missing: zero
-- high_is: bad
-- columns: day 公表日 ; value 公表陽性者数 ; label 期間 ; complete @count_status ; reason 理由
-- by: day ; week ; month ; quarter ; fiscal_year ; season ; wave
-- days: 28
WITH counted AS (
  SELECT published_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND published_day BETWEEN $from AND $to
  GROUP BY published_day
)
SELECT
  periods.first_day AS day,
  CASE
    WHEN sum(counted.cases) IS NULL AND coalesce(least(periods.last_day, CAST($to AS DATE)) < recorded.first_day, TRUE) THEN NULL
    ELSE CAST(coalesce(sum(counted.cases), 0) AS BIGINT)
  END AS value,
  periods.label,
  coalesce(periods.first_day >= recorded.first_day, FALSE) AND periods.first_day >= $from
    AND periods.last_day <= $to AND periods.last_day < $as_of_day AS complete,
  CASE
    WHEN sum(counted.cases) IS NULL AND coalesce(least(periods.last_day, CAST($to AS DATE)) < recorded.first_day, TRUE) THEN '記録なし'
  END AS reason
FROM periods
CROSS JOIN recorded_published AS recorded
LEFT JOIN counted ON counted.day BETWEEN periods.first_day AND periods.last_day
GROUP BY periods.first_day, periods.last_day, periods.label, recorded.first_day
ORDER BY periods.first_day
