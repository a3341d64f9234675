-- The population, and without a number those of whom there should be one and is none: a sum over some of these is no sum.
SELECT month, district, sex, age, age_decade, persons FROM population
UNION ALL
SELECT
  month, district, sex, CAST(age AS SMALLINT) AS age, CAST(age_decade AS SMALLINT) AS age_decade, CAST(NULL AS INTEGER) AS persons
FROM population_lacks
