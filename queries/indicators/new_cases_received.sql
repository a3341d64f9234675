-- title.ja: 新規受理数
-- title.en: New cases, by day of receipt
-- unit: persons
-- shape: series
-- chart: bars
-- group: cases
-- measure: none
-- basis: 受理
-- date: 受理日
-- numerator: 当所が受理した発生届（疑似症・移管分を含む）
-- source: cases
-- counted_by: received_day 受理日不明
-- lag_days: 1
-- missing: zero
-- high_is: bad
-- columns: day 受理日 ; value 新規受理数 ; label 期間 ; complete @count_status ; reason 理由
-- by: day ; week ; month ; quarter ; fiscal_year ; season ; wave
-- days: 28
WITH counted AS (
  SELECT received_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN $from AND $to
  GROUP BY received_day
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
CROSS JOIN recorded
LEFT JOIN counted ON counted.day BETWEEN periods.first_day AND periods.last_day
GROUP BY periods.first_day, periods.last_day, periods.label, recorded.first_day
ORDER BY periods.first_day
