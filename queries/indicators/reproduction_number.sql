-- title.ja: 実効再生産数（7日間）
-- title.en: Effective reproduction number, seven days
-- unit: number
-- shape: series
-- group: dynamics
-- measure: rt(window=7)
-- basis: 受理
-- date: 受理日
-- numerator: その日までの7日間に受理した数（発症間隔の分布による推定、95%信用区間）
-- denominator: それまでの症例の感染力（発症間隔は疾患ごとに queries/reference/serial_intervals.toml）
-- source: cases
-- counted_by: received_day 受理日不明
-- window: 14
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: day 受理日 ; value 実効再生産数 ; lower 下限 ; upper 上限 ; cases 受理数 ; reason 理由
-- days: 56

-- A property of the record: read from its first day with cases on, whatever days are asked for.
WITH counted AS (
  SELECT received_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day <= $to
  GROUP BY received_day
),
bounds AS (
  SELECT coalesce(least(min(day), CAST($from AS DATE)), CAST($from AS DATE)) AS first_day FROM counted
),
days AS (
  SELECT CAST(day AS DATE) AS day
  FROM (SELECT unnest(generate_series(
    (SELECT first_day FROM bounds), CAST($to AS DATE), INTERVAL '1' DAY
  )) AS day) AS listed
)
SELECT days.day, CASE WHEN recorded.first_day <= days.day THEN coalesce(counted.cases, 0) END AS cases
FROM days
CROSS JOIN recorded
LEFT JOIN counted ON counted.day = days.day
WHERE days.day < $as_of_day
ORDER BY days.day
