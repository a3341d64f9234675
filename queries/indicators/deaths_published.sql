-- title.ja: 死亡者数（公表日別）
-- title.en: Deaths, by day of publication
-- unit: persons
-- shape: series
-- group: published
-- measure: none
-- basis: 管内
-- date: 死亡公表日
-- numerator: 死亡が公表された者（移管済・死亡疑いの届出を除く。公表日の分からない者は日別に入らず、人数を別に示す）
-- source: cases
-- told_by: death_published_day, received_day
-- told_without: jurisdiction
-- counted_by: death_published_day 死亡公表日不明
-- counted_if: jurisdiction IS DISTINCT FROM 'transferred_out' AND class IS DISTINCT FROM 'died_suspected'
-- lag_days: 0
-- missing: zero
-- high_is: bad
-- columns: day 死亡公表日 ; value 死亡者数 ; label 期間 ; complete @count_status ; reason 理由
-- by: day ; week ; month ; quarter ; fiscal_year ; season ; wave
-- days: 56
WITH counted AS (
  SELECT death_published_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND death_published_day BETWEEN $from AND $to AND source IN (SELECT source FROM first_days WHERE received IS NOT NULL)
    AND jurisdiction IS DISTINCT FROM 'transferred_out'
    AND class IS DISTINCT FROM 'died_suspected'
  GROUP BY death_published_day
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
