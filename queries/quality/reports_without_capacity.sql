-- title.ja: 病床数の分からない病院の報告
-- title.en: Bed reports of hospitals without a stated capacity
-- note: such a report is in no occupancy; a capacity whose cell could not be read is none
-- columns: facility_id 病院 ; rows 件数
SELECT bed_reports.facility_id, count(*) AS rows
FROM bed_reports
WHERE NOT EXISTS (
  SELECT 1 FROM bed_capacity
  WHERE bed_capacity.facility_id = bed_reports.facility_id
    AND bed_capacity.disease = bed_reports.disease
    AND bed_capacity.from_day <= bed_reports.reported_day
    AND bed_capacity.secured IS NOT NULL
)
GROUP BY bed_reports.facility_id
ORDER BY bed_reports.facility_id
