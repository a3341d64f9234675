-- title.ja: 死亡者数（累計）
-- title.en: Deaths so far
-- unit: persons
-- shape: value
-- group: care
-- measure: none
-- basis: 管内
-- date: 死亡日
-- numerator: 陽性者として療養中に死亡した者の累計（原因を問わない。移管済・死亡疑いの届出を除く）
-- source: cases
-- told_by: death_day
-- lag_days: 14
-- missing: zero
-- high_is: bad
-- columns: value 累計 ; last7 直近7日
SELECT
  CASE WHEN (SELECT first_day FROM recorded) <= $as_of_day THEN count(*) END AS value,
  CASE
    WHEN (SELECT first_day FROM recorded) <= CAST($as_of_day AS DATE) - 6
      THEN count(*) FILTER (WHERE death_day > CAST($as_of_day AS DATE) - INTERVAL '7' DAY)
  END AS last7
FROM cases
WHERE disease = $disease
  AND death_day <= $as_of_day
  AND received_day IS NOT NULL AND jurisdiction IS DISTINCT FROM 'transferred_out'
  AND class IS DISTINCT FROM 'died_suspected'
