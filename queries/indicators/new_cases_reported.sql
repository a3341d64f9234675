-- title.ja: 新規報告数（報告日別）
-- title.en: New cases, by date on the form
-- unit: persons
-- shape: series
-- chart: bars
-- group: cases
-- measure: none
-- basis: 受理
-- date: 報告年月日
-- numerator: 当所が受理した発生届を、届出票の報告年月日で数えたもの
-- source: cases
-- told_by: reported_day, received_day
-- counted_by: reported_day 報告年月日不明
-- lag_days: 3
-- missing: zero
-- high_is: bad
-- columns: day 報告日 ; value 新規報告数 ; label 期間 ; complete @count_status ; reason 理由
-- by: day ; week ; month ; quarter ; fiscal_year ; season ; wave
-- days: 28
WITH counted AS (
  SELECT reported_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND reported_day BETWEEN $from AND $to AND source IN (SELECT source FROM first_days WHERE received IS NOT NULL)
  GROUP BY reported_day
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
CROSS JOIN recorded_reported AS recorded
LEFT JOIN counted ON counted.day BETWEEN periods.first_day AND periods.last_day
GROUP BY periods.first_day, periods.last_day, periods.label, recorded.first_day
ORDER BY periods.first_day
