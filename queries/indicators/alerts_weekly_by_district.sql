-- title.ja: 増加の検知（地区別、先週）
-- title.en: Alerts by district, last week
-- unit: persons
-- shape: table
-- group: dynamics
-- measure: alerts(years=5)
-- basis: 受理
-- date: 受理日（終わった週）
-- numerator: 終わったばかりの週（月曜から日曜）に受理した数
-- denominator: 直近の週から期待される数（EARS。C3 上限0は、前2週の超過だけで検知）と、過去5年の同じ季節から期待される数（Farrington Flexible）
-- source: cases
-- told_by: district
-- counted_by: received_day 受理日不明 ; district 地区不明・区外
-- lag_days: 1
-- missing: zero
-- high_is: bad
-- columns: district 地区 ; value 先週 ; expected 期待値 ; c1_upper C1上限 ; upper C2上限 ; c3_upper C3上限 ;
--   years_expected 例年期待 ; years_upper 例年上限 ; alarm 検知 ; judged_from 判定の初日 ; judged_to 判定の末日 ;
--   reason 理由
-- days: 2240

-- Whole weeks only: from that of the first day asked for, to the last one that is over on the last.
WITH bounds AS (
  SELECT
    CAST(date_trunc('week', least(CAST($as_of_day AS DATE), CAST(CAST($to AS DATE) + INTERVAL '1' DAY AS DATE))) AS DATE)
      AS this_week,
    CAST(date_trunc('week', CAST($from AS DATE)) AS DATE) AS first_week
),
-- By day first: the weeks of a few days are worked out, not those of all cases.
daily AS (
  SELECT district, received_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND district IS NOT NULL
    AND received_day BETWEEN CAST(date_trunc('week', CAST($from AS DATE)) AS DATE) AND $to
  GROUP BY district, received_day
),
counted AS (
  SELECT district, CAST(date_trunc('week', day) AS DATE) AS week, CAST(sum(cases) AS BIGINT) AS cases
  FROM daily
  GROUP BY district, CAST(date_trunc('week', day) AS DATE)
),
-- Before the first case ever received nothing was counted: that is no zero.
started AS (
  SELECT min(week) AS week FROM counted
),
weeks AS (
  SELECT CAST(listed.week AS DATE) AS week
  FROM (SELECT unnest(generate_series(
    (SELECT first_week FROM bounds), (SELECT this_week FROM bounds), INTERVAL '7' DAY
  )) AS week) AS listed
  CROSS JOIN bounds CROSS JOIN started
  WHERE CAST(listed.week AS DATE) < bounds.this_week AND CAST(listed.week AS DATE) >= started.week
),
names AS (
  SELECT DISTINCT district FROM counted
)
SELECT names.district, weeks.week AS day, coalesce(counted.cases, 0) AS cases
FROM names
CROSS JOIN weeks
LEFT JOIN counted ON counted.district = names.district AND counted.week = weeks.week
ORDER BY names.district, weeks.week
