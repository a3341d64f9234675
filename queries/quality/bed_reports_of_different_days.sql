-- title.ja: 最終報告がほかの病院より前の日の病院
-- title.en: Hospitals whose last bed report is of an earlier day than another's
-- note: the occupancy of now adds up last reports of up to three days; such a sum mixes days
-- columns: facility_id 病院 ; reported_day 最終報告日 ; latest_day 最も新しい報告日
WITH last_reports AS (
  SELECT facility_id, disease, max(reported_day) AS reported_day
  FROM bed_reports
  WHERE reported_at <= $as_of_at AND reported_at > CAST($as_of_at AS TIMESTAMP) - INTERVAL '3' DAY
  GROUP BY facility_id, disease
),
latest AS (
  SELECT disease, max(reported_day) AS latest_day FROM last_reports GROUP BY disease
)
SELECT last_reports.facility_id, last_reports.reported_day, latest.latest_day
FROM last_reports JOIN latest ON latest.disease = last_reports.disease
WHERE last_reports.reported_day < latest.latest_day
ORDER BY last_reports.facility_id
