-- title.ja: 増加の検知（疾患別、前日）
-- title.en: Alerts by disease, the day before
-- unit: persons
-- shape: table
-- group: dynamics
-- measure: alerts(years=5, step=day)
-- basis: 受理
-- date: 受理日（前日まで）
-- numerator: 前日に受理した数
-- denominator: 直近の日から期待される数（EARS。C3 上限0は、前2日の超過だけで検知）と、過去5年の同じ季節から期待される数（Farrington Flexible。曜日の差は見ない）
-- source: cases
-- counted_by: received_day 受理日不明
-- lag_days: 1
-- missing: zero
-- high_is: bad
-- columns: disease 疾患 ; value 前日 ; expected 期待値 ; c1_upper C1上限 ; upper C2上限 ; c3_upper C3上限 ;
--   years_expected 例年期待 ; years_upper 例年上限 ; alarm 検知 ; judged_from 判定の初日 ; judged_to 判定の末日 ;
--   reason 理由
-- days: 2240

-- A disease is named from its first case within a year on; before the first case on record there are no days.
WITH counted AS (
  SELECT disease, received_day AS day, count(*) AS cases
  FROM cases
  WHERE received_day BETWEEN $from AND $to AND received_day < $as_of_day
  GROUP BY disease, received_day
),
names AS (
  SELECT DISTINCT disease
  FROM cases
  WHERE received_day BETWEEN CAST($to AS DATE) - INTERVAL '365' DAY AND $to
)
SELECT names.disease, days.day, coalesce(counted.cases, 0) AS cases
FROM names
CROSS JOIN asked_days AS days
CROSS JOIN recorded
LEFT JOIN counted ON counted.disease = names.disease AND counted.day = days.day
WHERE days.day < $as_of_day AND days.day >= recorded.first_day
ORDER BY names.disease, days.day
