-- title.ja: 療養中の重症度
-- title.en: Severity of those under care
-- unit: persons
-- shape: breakdown
-- group: care
-- measure: none
-- basis: 管内
-- date: 現在
-- numerator: 療養中の者の重症度。基準（国・都・診断時）ごとに別の数で、混ぜない。診断時は届出票の重症度。重症度の記載のない者は、どの基準でも不明とする
-- source: placements, cases
-- told_by: to_at, severity, severity_basis
-- told_without: cases.jurisdiction
-- counted_by: from_day 開始日時不明 ; to_day 終了日時不明
-- counted_if: to_day IS NULL
-- undated.ja: 開始日時不明の滞在は数えず、終了日時不明の滞在は続いているものとして数える
-- undated.en: stays of unknown beginning are not counted; stays of unknown end count as still going on
-- lag_days: 0
-- missing: zero
-- high_is: bad
-- columns: severity 重症度 ; value 人数
-- by: tokyo ; national ; diagnosis
WITH staying AS (
  SELECT case_id, severity, severity_basis, to_at
  FROM placements
  WHERE disease = $disease
    AND from_at <= $as_of_at
    AND (to_at IS NULL OR to_at > $as_of_at)
),
ours AS (
  SELECT case_id, severity, severity_basis
  FROM staying
  WHERE NOT (staying.to_at IS NULL AND EXISTS (
    SELECT 1 FROM cases
    WHERE cases.case_id = staying.case_id AND cases.disease = $disease AND cases.jurisdiction = 'transferred_out'
  ))
),
judged AS (
  SELECT severity FROM ours WHERE (severity_basis = $by OR severity IS NULL) AND $by <> 'diagnosis'
  UNION ALL
  SELECT cases.severity
  FROM ours JOIN cases ON cases.case_id = ours.case_id AND cases.disease = $disease
  WHERE $by = 'diagnosis'
),
counted AS (
  SELECT severity, count(*) AS value FROM judged GROUP BY severity
),
classes AS (
  SELECT severity, place
  FROM (VALUES ('none', 1), ('mild', 2), ('moderate1', 3), ('moderate2', 4), ('severe', 5)) AS named (severity, place)
)
SELECT
  coalesce(classes.severity, counted.severity) AS severity,
  coalesce(counted.value, CASE
    WHEN (SELECT first_day FROM recorded_stays) <= $as_of_day
      AND ($by <> 'diagnosis' OR (SELECT count(severity) FROM cases WHERE disease = $disease) > 0) THEN 0
  END) AS value
FROM classes FULL JOIN counted ON counted.severity = classes.severity
ORDER BY classes.place NULLS LAST, coalesce(classes.severity, counted.severity)
