-- table: bed_reports
-- subject: no
-- happened: yes
-- Occupancy as one hospital reported it (other wards' patients too).
SELECT
  CAST(facility_id AS VARCHAR) AS facility_id,            -- rule: facility
  CAST(disease AS VARCHAR) AS disease,                    -- rule: code
  CAST(reported_at AS TIMESTAMP) AS reported_at,          -- UTC
  CAST(reported_day AS DATE) AS reported_day,             -- JST
  CAST(occupied AS INTEGER) AS occupied,                  -- rule: number 0 9999; 入院者
  CAST(occupied_secured AS INTEGER) AS occupied_secured,  -- rule: number 0 9999; うち確保病床に入院している者
  CAST(severe AS INTEGER) AS severe,                      -- rule: number 0 9999
  CAST(severity_basis AS VARCHAR) AS severity_basis       -- rule: code
FROM staged
