-- title.ja: 療養中の重症度
-- title.en: Severity of those under care
-- unit: persons
-- shape: breakdown
-- group: care
-- measure: none
-- basis: 管内
-- date: 現在
-- numerator: 療養中の者の重症度。基準（国・都・診断時）ごとに別の数で、混ぜない。診断時は届出票の重症度。ほかの基準だけで判定された者は別の行、重症度か基準の記載のない者・届出のない者は不明の行。同じ人の滞在が重なる間は、後から始まったものだけを数える
-- source: placements, cases
-- told_by: to_at, severity, severity_basis
-- told_without: cases.jurisdiction
-- counted_by: from_day 開始日時不明 ; to_day 終了日時不明
-- counted_if: NOT (to_day IS NULL AND case_id IN (SELECT case_id FROM cases WHERE jurisdiction = 'transferred_out'))
-- undated.ja: 開始日時不明の滞在は数えず、終了日時不明の滞在は続いているものとして数える
-- undated.en: stays of unknown beginning are not counted; stays of unknown end count as still going on
-- lag_days: 0
-- missing: zero
-- high_is: bad
-- columns: severity 重症度 ; value 人数 ; reason 理由
-- by: tokyo ; national ; diagnosis
WITH staying AS (
  SELECT case_id, severity, severity_basis, to_day
  FROM person_stays AS stays
  WHERE disease = $disease
    AND coalesce(from_at <= $as_of_at, from_day <= $as_of_day)
    AND coalesce(to_at > $as_of_at, to_day > $as_of_day, TRUE)
),
ours AS (
  SELECT case_id, severity, severity_basis
  FROM staying
  WHERE NOT (staying.to_day IS NULL AND EXISTS (
    SELECT 1 FROM cases
    WHERE cases.case_id = staying.case_id AND cases.disease = $disease AND cases.jurisdiction = 'transferred_out'
  ))
),
classes AS (
  SELECT severity, place
  FROM (VALUES ('none', 1), ('mild', 2), ('moderate1', 3), ('moderate2', 4), ('severe', 5)) AS named (severity, place)
),
notified AS (
  SELECT cases.case_id, max(classes.place) AS place
  FROM cases JOIN classes ON classes.severity = cases.severity
  WHERE cases.disease = $disease AND cases.case_id IN (SELECT case_id FROM ours)
  GROUP BY cases.case_id
),
judged AS (
  SELECT
    CASE
      WHEN $by = 'diagnosis' AND notified.place IS NOT NULL THEN notified.place
      WHEN ours.severity_basis = $by THEN own.place
    END AS place,
    own.place IS NOT NULL AND ours.severity_basis <> $by AND $by <> 'diagnosis' AS elsewhere
  FROM ours
  LEFT JOIN classes AS own ON own.severity = ours.severity
  LEFT JOIN notified ON notified.case_id = ours.case_id
),
counted AS (
  SELECT coalesce(place, CASE WHEN elsewhere THEN 6 ELSE 7 END) AS place, count(*) AS value
  FROM judged
  GROUP BY coalesce(place, CASE WHEN elsewhere THEN 6 ELSE 7 END)
),
-- Where nobody is judged by these criteria, nobody severely ill is no zero.
known AS (
  SELECT count(*) FILTER (WHERE place IS NOT NULL) > 0 OR count(*) = 0 AS some FROM judged
)
SELECT
  coalesce(classes.severity, CASE WHEN counted.place = 6 THEN 'other_criteria' END) AS severity,
  coalesce(counted.value, CASE WHEN known.some AND (SELECT first_day FROM recorded_stays) <= $as_of_day THEN 0 END) AS value,
  CASE WHEN counted.value IS NULL AND NOT known.some THEN 'この基準で判定された者なし' END AS reason
FROM classes
FULL JOIN counted ON counted.place = classes.place
CROSS JOIN known
ORDER BY coalesce(classes.place, counted.place)
