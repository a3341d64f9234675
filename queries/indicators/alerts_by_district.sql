-- title.ja: 増加の検知（地区別、前日）
-- title.en: Alerts by district, the day before
-- unit: persons
-- shape: table
-- group: dynamics
-- measure: alerts(years=5, step=day)
-- basis: 受理
-- date: 受理日（前日まで）
-- numerator: 前日に受理した数
-- denominator: 直近の日から期待される数（EARS。C3 上限0は、前2日の超過だけで検知）と、過去5年の同じ季節から期待される数（Farrington Flexible。曜日の差は見ない）
-- source: cases
-- told_by: district
-- counted_by: received_day 受理日不明 ; district 地区不明・区外
-- lag_days: 1
-- missing: zero
-- high_is: bad
-- columns: district 地区 ; value 前日 ; expected 期待値 ; c1_upper C1上限 ; upper C2上限 ; c3_upper C3上限 ;
--   years_expected 例年期待 ; years_upper 例年上限 ; alarm 検知 ; judged_from 判定の初日 ; judged_to 判定の末日 ;
--   reason 理由
-- days: 2240
WITH counted AS (
  SELECT district, received_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND district IS NOT NULL
    AND received_day BETWEEN $from AND $to AND received_day < $as_of_day
  GROUP BY district, received_day
),
places AS (
  SELECT DISTINCT district FROM cases WHERE disease = $disease AND district IS NOT NULL
)
SELECT places.district, days.day, coalesce(counted.cases, 0) AS cases
FROM places
CROSS JOIN asked_days AS days
CROSS JOIN recorded
LEFT JOIN counted ON counted.district = places.district AND counted.day = days.day
WHERE days.day < $as_of_day AND days.day >= recorded.first_day
ORDER BY places.district, days.day
