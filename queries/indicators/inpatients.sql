-- title.ja: 管内患者の入院
-- title.en: Our patients in hospital
-- unit: persons
-- shape: value
-- group: care
-- measure: none
-- basis: 管内
-- date: 現在
-- numerator: 当所の患者のうち入院している者。区内・区外は入院先の所在地（区内病院の使用とは別の数）。同じ人の滞在が重なる間は、後から始まったものだけを数える
-- source: placements, cases, facilities
-- told_by: to_at
-- parts_told_by: in_ward | facilities.in_ward: in_ward, out_of_ward
-- told_without: cases.jurisdiction, facility_id
-- counted_by: from_day 開始日時不明 ; place 療養場所不明 ; in_ward|facilities.in_ward 区内・区外不明 ; to_day 終了日時不明
-- counted_if: (place = 'hospital' OR place IS NULL) AND NOT (to_day IS NULL AND case_id IN (SELECT case_id FROM cases WHERE jurisdiction = 'transferred_out'))
-- undated.ja: 開始日時不明の滞在は数えず、終了日時不明の滞在は続いているものとして数える。療養場所不明の滞在は数えない。区内・区外不明の者は内訳に入らない
-- undated.en: stays of unknown beginning are not counted; stays of unknown end count as still going on; stays of unknown place are not counted; who lies in a hospital of unknown place is in no part
-- lag_days: 0
-- missing: zero
-- high_is: bad
-- columns: value 管内患者の入院 ; in_ward 区内病院 ; out_of_ward 区外病院 ; reason 理由
WITH staying AS (
  SELECT case_id, facility_id, in_ward, to_day
  FROM person_stays AS stays
  WHERE disease = $disease
    AND coalesce(from_at <= $as_of_at, from_day <= $as_of_day)
    AND coalesce(to_at > $as_of_at, to_day > $as_of_day, TRUE)
    AND place = 'hospital'
),
counted AS (
  SELECT
    count(*) AS value,
    count(*) FILTER (WHERE coalesce(staying.in_ward, facilities.in_ward)) AS in_ward,
    count(*) FILTER (WHERE NOT coalesce(staying.in_ward, facilities.in_ward)) AS out_of_ward
  FROM staying LEFT JOIN facilities ON facilities.facility_id = staying.facility_id
  WHERE NOT (staying.to_day IS NULL AND EXISTS (
      SELECT 1 FROM cases
      WHERE cases.case_id = staying.case_id AND cases.disease = $disease AND cases.jurisdiction = 'transferred_out'
    ))
)
SELECT
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.value END AS value,
  CASE
    WHEN recorded_stays.first_day <= $as_of_day AND (counted.value = 0 OR counted.in_ward + counted.out_of_ward > 0) THEN counted.in_ward
  END AS in_ward,
  CASE
    WHEN recorded_stays.first_day <= $as_of_day AND (counted.value = 0 OR counted.in_ward + counted.out_of_ward > 0) THEN counted.out_of_ward
  END AS out_of_ward,
  CASE WHEN coalesce(recorded_stays.first_day > $as_of_day, TRUE) THEN '記録なし' END AS reason
FROM counted CROSS JOIN recorded_stays
