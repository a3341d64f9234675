-- title.ja: 新規受理数の7日平均
-- title.en: New cases, mean of seven days
-- unit: persons
-- shape: series
-- chart: bars
-- group: cases
-- measure: none
-- basis: 受理
-- date: 受理日
-- numerator: その日までの7日間の新規受理数
-- denominator: 7日
-- formula.ja: その日までの7日間の数 ÷ 7
-- formula.en: cases of the seven days up to the day ÷ 7
-- source: cases
-- counted_by: received_day 受理日不明
-- window: 7
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: day 受理日 ; value 7日平均 ; reason 理由
-- days: 28
WITH counted AS (
  SELECT received_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN CAST($from AS DATE) - INTERVAL '6' DAY AND $to
  GROUP BY received_day
),
days AS (
  SELECT CAST(day AS DATE) AS day
  FROM (SELECT unnest(generate_series(CAST($from AS DATE) - INTERVAL '6' DAY, CAST($to AS DATE), INTERVAL '1' DAY)) AS day) AS listed
),
moving AS (
  SELECT
    days.day,
    avg(CAST(coalesce(counted.cases, 0) AS DOUBLE))
      OVER (ORDER BY days.day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS value
  FROM days LEFT JOIN counted ON counted.day = days.day
)
SELECT
  day,
  CASE WHEN recorded.first_day <= day - 6 THEN value END AS value,
  CASE WHEN recorded.first_day IS NULL OR recorded.first_day > day - 6 THEN '記録なし' END AS reason
FROM moving CROSS JOIN recorded
WHERE day >= $from AND day < $as_of_day
ORDER BY day
