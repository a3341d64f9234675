-- table: population
-- subject: no
-- happened: no
-- 住民基本台帳: persons by month, district, sex and age.
SELECT
  CAST(area AS VARCHAR) AS area,                          -- rule: area
  CAST(district AS VARCHAR) AS district,                  -- rule: district
  CAST(month AS DATE) AS month,                           -- first day of the month
  CAST(sex AS VARCHAR) AS sex,                            -- rule: code
  CAST(age AS SMALLINT) AS age,                           -- rule: age; single years, 90 = 90 and over
  CAST(age_decade AS SMALLINT) AS age_decade,             -- rule: decade
  CAST(persons AS INTEGER) AS persons                     -- rule: number 0 99999999
FROM staged
