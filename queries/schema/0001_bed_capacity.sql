-- table: bed_capacity
-- subject: no
-- Beds of one facility from a day on (until the next row's day).
SELECT
  CAST(facility_id AS VARCHAR) AS facility_id,
  CAST(disease AS VARCHAR) AS disease,
  CAST(from_day AS DATE) AS from_day,
  CAST(secured AS INTEGER) AS secured,                    -- 確保病床
  CAST(ready AS INTEGER) AS ready,                        -- 即応病床
  CAST(final_phase AS INTEGER) AS final_phase,            -- 最終フェーズの即応
  CAST(secured_severe AS INTEGER) AS secured_severe,
  CAST(ready_severe AS INTEGER) AS ready_severe
FROM staged
