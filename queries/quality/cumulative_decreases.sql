-- title.ja: 累計が前の日より減った
-- title.en: A cumulative total that fell
-- columns: source 情報源 ; series 系列 ; area 地域 ; area_class 集計区分 ; day 日 ; previous 前の値 ; value 値 ; change 差
-- note: a source took back earlier cases; the days between two figures are not counted as zero
SELECT source, series, area, area_class, day, previous, value, value - previous AS change
FROM (
  SELECT
    source, series, area, area_class, day, value,
    LAG(value) OVER (
      PARTITION BY source, disease, series, area, area_class, sex, age_decade
      ORDER BY day
    ) AS previous
  FROM aggregate_counts
  WHERE series LIKE 'cumulative%'
) AS followed
WHERE value < previous
ORDER BY source, series, area, area_class, day
