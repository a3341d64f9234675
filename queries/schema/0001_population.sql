-- table: population
-- subject: no
-- 住民基本台帳: persons by month, district, sex and age.
SELECT
  CAST(area AS VARCHAR) AS area,
  CAST(district AS VARCHAR) AS district,
  CAST(month AS DATE) AS month,                           -- first day of the month
  CAST(sex AS VARCHAR) AS sex,
  CAST(age AS SMALLINT) AS age,                           -- single years, 90 = 90 and over
  CAST(age_decade AS SMALLINT) AS age_decade,
  CAST(persons AS INTEGER) AS persons
FROM staged
