-- table: placements
-- subject: yes
-- happened: no
-- spans: from to
-- One stay of one case in one place, half-open in time.
SELECT
  CAST(disease AS VARCHAR) AS disease,                    -- rule: code
  CAST(stay AS SMALLINT) AS stay,                         -- rule: number 1 999; 1, 2 … within the case (a key column)
  CAST(place AS VARCHAR) AS place,                        -- rule: code; awaiting: 入院調整中; codes: hospital hotel home facility undecided awaiting
  CAST(facility_id AS VARCHAR) AS facility_id,            -- rule: facility; hospital or hotel; null elsewhere
  CAST(in_ward AS BOOLEAN) AS in_ward,                    -- 区内
  CAST(urgency AS VARCHAR) AS urgency,                    -- rule: code; for awaiting; codes: emergency today standby
  CAST(severity AS VARCHAR) AS severity,                  -- rule: code; codes: none mild moderate1 moderate2 severe
  CAST(severity_basis AS VARCHAR) AS severity_basis,      -- rule: code; codes: national tokyo diagnosis
  CAST(from_at AS TIMESTAMP) AS from_at,
  CAST(from_day AS DATE) AS from_day,
  CAST(to_at AS TIMESTAMP) AS to_at,                      -- null: still there
  CAST(to_day AS DATE) AS to_day,                         -- event
  CAST(unread AS VARCHAR) AS unread                       -- rule: store; columns whose cell was filled and gave no value: ,to_at,to_day,
FROM staged
