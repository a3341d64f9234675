-- table: aggregate_counts
-- subject: no
-- Totals from sources that give only totals.
SELECT
  CAST(disease AS VARCHAR) AS disease,
  CAST(series AS VARCHAR) AS series,                      -- cumulative_positive, inpatients, secured_beds, …
  CAST(area AS VARCHAR) AS area,                          -- municipal code of 6 digits, prefecture of 2
  CAST(area_class AS VARCHAR) AS area_class,              -- 集計区分: municipality out_of_area investigating prefecture
  CAST(day AS DATE) AS day,
  CAST(sex AS VARCHAR) AS sex,
  CAST(age_decade AS SMALLINT) AS age_decade,
  CAST(value AS BIGINT) AS value
FROM staged
