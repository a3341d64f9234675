-- title.ja: 新規発病数（発病日別）
-- title.en: New cases, by day of onset
-- unit: persons
-- shape: series
-- chart: bars
-- group: cases
-- measure: none
-- basis: 受理
-- date: 発病日
-- numerator: 当所が受理した者を発病日で数えたもの（発病日のない者は入らず、人数を別に示す）
-- source: cases
-- told_by: onset_day, received_day
-- counted_by: onset_day 発病日なし・不明
-- lag_days: 10
-- missing: zero
-- high_is: bad
-- columns: day 発病日 ; value 新規発病数 ; label 期間 ; complete @count_status ; reason 理由
-- by: day ; week ; month ; quarter ; fiscal_year ; season ; wave
-- days: 56
WITH counted AS (
  SELECT onset_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND onset_day BETWEEN $from AND $to AND source IN (SELECT source FROM first_days WHERE received IS NOT NULL)
  GROUP BY onset_day
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
CROSS JOIN recorded_onset AS recorded
LEFT JOIN counted ON counted.day BETWEEN periods.first_day AND periods.last_day
GROUP BY periods.first_day, periods.last_day, periods.label, recorded.first_day
ORDER BY periods.first_day
