-- title.ja: 地域別の公表陽性者数（累計の差）
-- title.en: Published cases by area, from the differences of cumulative totals
-- unit: persons
-- shape: table
-- group: published
-- measure: none
-- basis: 公表
-- date: 集計日
-- numerator: 累計陽性者数とその前に公表された累計の差。訂正で減った日は負の値のまま示す。前の値が前日のものでなければ1日分の数とせず、値なしとする
-- source: aggregate_counts
-- counted_by: day 集計日不明
-- counted_if: series = 'cumulative_positive' AND sex IS NULL AND age_decade IS NULL
-- lag_days: 0
-- missing: gap
-- high_is: bad
-- columns: area 地域 ; day 日 ; value 公表陽性者数 ; area_class 集計区分 ; source 出典 ; reason 理由
-- days: 28
-- board: none
WITH stepped AS (
  SELECT
    source, area, area_class, day,
    value - lag(value) OVER (PARTITION BY source, area, area_class ORDER BY day) AS value,
    CAST(day - lag(day) OVER (PARTITION BY source, area, area_class ORDER BY day) AS BIGINT) AS days
  FROM aggregate_counts
  WHERE disease = $disease
    AND series = 'cumulative_positive'
    AND day <= $to
    AND sex IS NULL
    AND age_decade IS NULL
)
SELECT
  area,
  day,
  CASE WHEN days = 1 THEN value END AS value,
  area_class,
  source,
  CASE
    WHEN days = 1 AND value < 0
      THEN '累計が前日より少ない（訂正とみられる）'
    WHEN days > 1
      THEN '前の値が' || CAST(days AS VARCHAR) || '日前のため1日分の数が出せない（その間の差 ' || CAST(CAST(value AS BIGINT) AS VARCHAR) || '）'
  END AS reason
FROM stepped
WHERE day >= $from AND value IS NOT NULL
ORDER BY source, area_class, area, day
