-- table: events
-- subject: no
-- happened: no
-- Annotations: a code, a day, a class of facility. No free text.
SELECT
  CAST(event AS VARCHAR) AS event,                        -- rule: code; declared lifted definition_changed cluster …
  CAST(day AS DATE) AS day,
  CAST(facility_class AS VARCHAR) AS facility_class       -- rule: code
FROM staged
