-- table: aggregate_counts
-- subject: no
-- happened: yes
-- Totals from sources that give only totals. A value is kept as it was published: whole, or with its decimals. Every
-- whole number that was kept before has room in front of the point.
SELECT
  CAST(disease AS VARCHAR) AS disease,                    -- rule: code
  CAST(series AS VARCHAR) AS series,                      -- rule: code; cumulative_positive, inpatients, secured_beds, …
  CAST(area AS VARCHAR) AS area,                          -- rule: area; municipal code of 6 digits, prefecture of 2
  CAST(area_class AS VARCHAR) AS area_class,              -- rule: code; 集計区分: municipality out_of_area investigating prefecture
  CAST(day AS DATE) AS day,
  CAST(sex AS VARCHAR) AS sex,                            -- rule: code
  CAST(age_decade AS SMALLINT) AS age_decade,             -- rule: decade
  CAST(value AS DECIMAL(38, 15)) AS value                 -- rule: number -999999999 999999999
FROM staged
