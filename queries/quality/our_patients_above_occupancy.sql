-- title.ja: 管内患者の入院が病院の入院者数を超える病院
-- title.en: Hospitals with more of our patients than they report in all
-- note: the two bases agree only by chance; more of ours than of all is the one contradiction
-- columns: facility_id 病院 ; reported_day 報告日 ; ours 管内患者 ; occupied 入院者
WITH reported AS (
  SELECT facility_id, disease, reported_at, reported_day, occupied
  FROM bed_reports
  WHERE reported_at <= $as_of_at AND reported_at > CAST($as_of_at AS TIMESTAMP) - INTERVAL '2' DAY
  QUALIFY row_number() OVER (PARTITION BY facility_id, disease ORDER BY reported_at DESC) = 1
),
ours AS (
  SELECT reported.facility_id, reported.disease, count(*) AS patients
  FROM reported
  JOIN placements ON placements.facility_id = reported.facility_id AND placements.disease = reported.disease
  WHERE placements.place = 'hospital'
    AND placements.from_at <= reported.reported_at
    AND (placements.to_at IS NULL OR placements.to_at > reported.reported_at)
  GROUP BY reported.facility_id, reported.disease
)
SELECT reported.facility_id, reported.reported_day, ours.patients AS ours, reported.occupied
FROM reported JOIN ours ON ours.facility_id = reported.facility_id AND ours.disease = reported.disease
WHERE ours.patients > reported.occupied
ORDER BY reported.facility_id
