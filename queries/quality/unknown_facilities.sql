-- title.ja: 施設一覧にない施設
-- title.en: Facilities that the list of facilities does not have
-- columns: facility_id 施設 ; rows 件数
WITH named AS (
  SELECT facility_id FROM placements WHERE facility_id IS NOT NULL
  UNION ALL
  SELECT facility_id FROM bed_reports
  UNION ALL
  SELECT facility_id FROM bed_capacity
)
SELECT named.facility_id, count(*) AS rows
FROM named
WHERE NOT EXISTS (SELECT 1 FROM facilities WHERE facilities.facility_id = named.facility_id)
GROUP BY named.facility_id
ORDER BY named.facility_id
