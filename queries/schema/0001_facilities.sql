-- table: facilities
-- subject: no
-- happened: no
-- A hospital or hotel by its id; names stand in queries/reference/facilities.toml.
SELECT
  CAST(facility_id AS VARCHAR) AS facility_id,            -- rule: facility
  CAST(kind AS VARCHAR) AS kind,                          -- rule: code; hospital hotel care_home
  CAST(in_ward AS BOOLEAN) AS in_ward,
  CAST(district AS VARCHAR) AS district                   -- rule: district
FROM staged
