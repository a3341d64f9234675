-- title.ja: 地区・性別・年代のそろわない人口
-- title.en: Populations that lack a district, a sex or an age
-- columns: month 月 ; district 地区 ; sex 性別 ; rows 欠けた年代
-- note: rates over those who are missing have no figure; nobody of an age is a row that says 0
WITH used AS (
  SELECT month, count(district) > 0 AS by_district, count(sex) > 0 AS by_sex
  FROM population
  GROUP BY month
),
places AS (
  SELECT DISTINCT district FROM population WHERE district IS NOT NULL
),
sexes AS (
  SELECT sex FROM (VALUES ('M'), ('F')) AS listed (sex)
),
expected AS (
  SELECT CASE WHEN count(DISTINCT age_decade) > 1 THEN 10 ELSE 1 END AS tens FROM population
),
own AS (
  SELECT month, district, sex, greatest(count(DISTINCT age_decade), 1) AS tens
  FROM population
  GROUP BY month, district, sex
)
SELECT used.month, places.district, sexes.sex, expected.tens - coalesce(own.tens, 0) AS rows
FROM used
LEFT JOIN places ON used.by_district
LEFT JOIN sexes ON used.by_sex
CROSS JOIN expected
LEFT JOIN own
  ON own.month = used.month
  AND own.district IS NOT DISTINCT FROM places.district
  AND own.sex IS NOT DISTINCT FROM sexes.sex
WHERE expected.tens > coalesce(own.tens, 0)
ORDER BY used.month, places.district, sexes.sex
