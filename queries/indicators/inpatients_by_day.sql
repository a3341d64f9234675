-- title.ja: 区内病院に入院する管内患者（日別）
-- title.en: Our patients in the ward's hospitals, by day
-- unit: persons
-- shape: series
-- group: care
-- measure: none
-- basis: 管内
-- date: 午前0時現在（その日が終わる時点）
-- numerator: その日が終わる午前0時に区内病院に入院していた当所の患者（本日は含まない）。同じ人の滞在が重なる間は、後から始まったものだけを数える
-- source: placements, cases, facilities
-- told_by: to_day
-- parts_told_by: in_ward | facilities.in_ward
-- told_without: cases.jurisdiction, facility_id
-- counted_by: from_day 開始日時不明 ; place 療養場所不明 ; in_ward|facilities.in_ward 区内・区外不明 ; to_day 終了日時不明
-- counted_if: (place = 'hospital' OR place IS NULL) AND NOT (to_day IS NULL AND case_id IN (SELECT case_id FROM cases WHERE jurisdiction = 'transferred_out'))
-- undated.ja: 開始日時不明の滞在は数えず、終了日時不明の滞在は続いているものとして数える。療養場所や区内・区外が不明の滞在は数えない
-- undated.en: stays of unknown beginning are not counted; stays of unknown end count as still going on; stays of unknown place are not counted; stays in a hospital not known to be in or outside the ward are not counted
-- lag_days: 2
-- missing: gap
-- high_is: bad
-- columns: day 日 ; value 入院患者 ; reason 理由
-- days: 56
WITH there AS (
  SELECT stays.from_day, stays.to_day, count(*) AS patients
  FROM person_stays AS stays LEFT JOIN facilities ON facilities.facility_id = stays.facility_id
  WHERE stays.disease = $disease AND stays.place = 'hospital'
    AND coalesce(stays.in_ward, facilities.in_ward)
    AND stays.from_day <= $to AND (stays.to_day IS NULL OR stays.to_day > $from)
    AND NOT (stays.to_day IS NULL AND EXISTS (
      SELECT 1 FROM cases
      WHERE cases.case_id = stays.case_id AND cases.disease = $disease AND cases.jurisdiction = 'transferred_out'
    ))
  GROUP BY stays.from_day, stays.to_day
)
SELECT
  days.day,
  CASE WHEN recorded_stays.first_day <= days.day THEN CAST(coalesce(sum(there.patients), 0) AS BIGINT) END AS value,
  CASE WHEN coalesce(recorded_stays.first_day > days.day, TRUE) THEN '記録なし' END AS reason
FROM asked_days AS days
CROSS JOIN recorded_stays
LEFT JOIN there
  ON there.from_day <= days.day AND (there.to_day IS NULL OR there.to_day > days.day)
WHERE days.day < $as_of_day
GROUP BY days.day, recorded_stays.first_day
ORDER BY days.day
