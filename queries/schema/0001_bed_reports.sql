-- table: bed_reports
-- subject: no
-- Occupancy as one hospital reported it (other wards' patients too).
SELECT
  CAST(facility_id AS VARCHAR) AS facility_id,
  CAST(disease AS VARCHAR) AS disease,
  CAST(reported_at AS TIMESTAMP) AS reported_at,          -- UTC
  CAST(reported_day AS DATE) AS reported_day,             -- JST
  CAST(occupied AS INTEGER) AS occupied,                  -- 入院者
  CAST(occupied_secured AS INTEGER) AS occupied_secured,  -- うち確保病床に入院している者
  CAST(severe AS INTEGER) AS severe,
  CAST(severity_basis AS VARCHAR) AS severity_basis
FROM staged
