-- Stays of which none of a person overlap: as they are on record, but for those persons of whom some do.
SELECT
  placements.disease, placements.case_id, placements.place, placements.facility_id, placements.in_ward, placements.urgency,
  placements.severity, placements.severity_basis, placements.from_at AS began_at, placements.from_at, placements.from_day,
  placements.to_at, placements.to_day
FROM placements
WHERE NOT EXISTS (
  SELECT 1 FROM double_stays WHERE double_stays.disease = placements.disease AND double_stays.case_id = placements.case_id
)
UNION ALL
SELECT
  disease, case_id, place, facility_id, in_ward, urgency, severity, severity_basis, began_at, from_at, from_day, to_at, to_day
FROM double_stays
