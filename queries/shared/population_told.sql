-- Of whom the population is told: each month's districts, sexes and ten years of age, and as binary digits which single years.
SELECT
  month, district, sex, age_decade,
  CAST(sum(DISTINCT CAST(power(2, age - age_decade) AS BIGINT)) AS BIGINT) AS years
FROM population
GROUP BY month, district, sex, age_decade
ORDER BY month, district, sex, age_decade
