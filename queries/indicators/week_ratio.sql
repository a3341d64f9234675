-- title.ja: 前週比
-- title.en: Ratio to the week before
-- unit: ratio
-- shape: series
-- group: cases
-- measure: rate_ratio()
-- basis: 受理
-- date: 受理日
-- numerator: その日までの7日間の新規受理数
-- denominator: その前の7日間の新規受理数（0人のときは値なし。正確な95%信頼区間）
-- source: cases
-- counted_by: received_day 受理日不明
-- window: 14
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: day 受理日 ; value 前週比 ; lower 下限 ; upper 上限 ; cases 7日間 ; population 日数 ; other_cases その前の7日間 ;
--   other_population その日数 ; reason 理由
-- days: 28
WITH counted AS (
  SELECT received_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN CAST($from AS DATE) - INTERVAL '13' DAY AND $to
  GROUP BY received_day
),
days AS (
  SELECT CAST(day AS DATE) AS day
  FROM (SELECT unnest(generate_series(CAST($from AS DATE) - INTERVAL '13' DAY, CAST($to AS DATE), INTERVAL '1' DAY)) AS day) AS listed
),
moving AS (
  SELECT
    days.day,
    sum(coalesce(counted.cases, 0)) OVER (ORDER BY days.day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week,
    sum(coalesce(counted.cases, 0)) OVER (ORDER BY days.day ROWS BETWEEN 13 PRECEDING AND 7 PRECEDING) AS before
  FROM days LEFT JOIN counted ON counted.day = days.day
)
SELECT
  day,
  CASE WHEN recorded.first_day <= day - 6 THEN CAST(week AS BIGINT) END AS cases,
  7.0 AS population,
  CASE WHEN recorded.first_day <= day - 13 THEN CAST(before AS BIGINT) END AS other_cases,
  7.0 AS other_population,
  CASE
    WHEN coalesce(recorded.first_day > day - 7, TRUE) THEN '前の期間の記録なし'
    WHEN recorded.first_day > day - 13 THEN '前の期間は一部しか記録がない'
  END AS unlike
FROM moving CROSS JOIN recorded
WHERE day >= $from AND day < $as_of_day
ORDER BY day
