-- title.ja: 簡易実効再生産数
-- title.en: Simple reproduction number
-- unit: number
-- shape: series
-- group: dynamics
-- measure: simple_r()
-- basis: 受理
-- date: 受理日
-- numerator: その日までの7日間に受理した数
-- denominator: その前の7日間に受理した数（比を世代時間5日と報告間隔7日の比で累乗）
-- source: cases
-- counted_by: received_day 受理日不明
-- window: 14
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: day 受理日 ; value 簡易実効再生産数 ; lower 下限 ; upper 上限 ; cases 7日間 ; population 日数 ;
--   other_cases その前の7日間 ; other_population その日数 ; reason 理由
-- days: 56
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
    CAST(sum(coalesce(counted.cases, 0)) OVER (ORDER BY days.day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS DOUBLE) AS week,
    CAST(sum(coalesce(counted.cases, 0)) OVER (ORDER BY days.day ROWS BETWEEN 13 PRECEDING AND 7 PRECEDING) AS DOUBLE) AS before
  FROM days LEFT JOIN counted ON counted.day = days.day
)
SELECT
  day,
  CASE WHEN recorded.first_day <= day - 13 THEN CAST(week AS BIGINT) END AS cases,
  7.0 AS population,
  CASE WHEN recorded.first_day <= day - 13 THEN CAST(before AS BIGINT) END AS other_cases,
  7.0 AS other_population
FROM moving CROSS JOIN recorded
WHERE day >= $from AND day < $as_of_day
ORDER BY day
