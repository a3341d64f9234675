-- title.ja: 倍加時間（14日間）
-- title.en: Doubling time over fourteen days
-- unit: days
-- shape: value
-- group: dynamics
-- measure: doubling()
-- basis: 受理
-- date: 受理日（当日を除く）
-- numerator: 日別の受理数の対数線形回帰による増加率から求めた、2倍になる日数（95%信頼区間）
-- source: cases
-- counted_by: received_day 受理日不明
-- lag_days: 1
-- missing: gap
-- high_is: good
-- columns: value 倍加時間 ; lower 下限 ; upper 上限 ; growth 1日の増加率（%） ; reason 理由
-- days: 15
WITH counted AS (
  SELECT received_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN $from AND $to AND received_day < $as_of_day
  GROUP BY received_day
)
SELECT days.day, coalesce(counted.cases, 0) AS cases
FROM asked_days AS days
CROSS JOIN recorded
LEFT JOIN counted ON counted.day = days.day
WHERE days.day < $as_of_day AND days.day >= recorded.first_day
ORDER BY days.day
