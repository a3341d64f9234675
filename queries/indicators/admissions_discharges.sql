-- title.ja: 入院と退院（日別）
-- title.en: Admissions and discharges by day
-- unit: persons
-- shape: series
-- group: care
-- measure: none
-- basis: 管内
-- date: 入院日・退院日
-- numerator: 当所の患者のうち、その日に入院した者と退院した者（転院はそれぞれに数える。本日は含まない）。同じ人の滞在が重なる間は、後から始まったものだけを数える
-- source: placements
-- parts_told_by: to_day: discharged
-- counted_by: from_day 開始日時不明 ; place 療養場所不明 ; to_day 終了日時不明
-- counted_if: (place = 'hospital' OR place IS NULL)
-- undated.ja: 日時の分からない入院・退院は日別に入らず、療養場所不明の滞在は数えない
-- undated.en: admissions and discharges at unknown times are on no day; stays of unknown place are not counted
-- lag_days: 2
-- missing: gap
-- high_is: neither
-- columns: day 日 ; admitted 入院 ; discharged 退院
-- days: 56
WITH moves AS (
  SELECT from_day AS day, 1 AS admitted, 0 AS discharged
  FROM person_stays AS stays
  WHERE disease = $disease AND place = 'hospital' AND from_day BETWEEN $from AND $to
  UNION ALL
  SELECT to_day AS day, 0 AS admitted, 1 AS discharged
  FROM person_stays AS stays
  WHERE disease = $disease AND place = 'hospital' AND to_day BETWEEN $from AND $to
)
SELECT
  days.day,
  CASE WHEN recorded_stays.first_day <= days.day THEN CAST(coalesce(sum(moves.admitted), 0) AS BIGINT) END AS admitted,
  CASE WHEN recorded_stays.first_day <= days.day THEN CAST(coalesce(sum(moves.discharged), 0) AS BIGINT) END AS discharged
FROM asked_days AS days
CROSS JOIN recorded_stays
LEFT JOIN moves ON moves.day = days.day
WHERE days.day < $as_of_day
GROUP BY days.day, recorded_stays.first_day
ORDER BY days.day
