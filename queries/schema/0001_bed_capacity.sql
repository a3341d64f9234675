-- table: bed_capacity
-- subject: no
-- happened: no
-- Beds of one facility from a day on (until the next row's day).
SELECT
  CAST(facility_id AS VARCHAR) AS facility_id,            -- rule: facility
  CAST(disease AS VARCHAR) AS disease,                    -- rule: code
  CAST(from_day AS DATE) AS from_day,
  CAST(secured AS INTEGER) AS secured,                    -- rule: number 0 9999; 確保病床
  CAST(ready AS INTEGER) AS ready,                        -- rule: number 0 9999; 即応病床
  CAST(final_phase AS INTEGER) AS final_phase,            -- rule: number 0 9999; 最終フェーズの即応
  CAST(secured_severe AS INTEGER) AS secured_severe,      -- rule: number 0 9999
  CAST(ready_severe AS INTEGER) AS ready_severe           -- rule: number 0 9999
FROM staged
