-- title.ja: 感染経路不明割合（7日間）
-- title.en: Share of cases of unknown route, seven days
-- unit: percent
-- shape: series
-- group: cases
-- measure: share()
-- basis: 受理
-- date: 受理日
-- numerator: その日までの7日間に受理し、届出票の感染経路が不明の者（Wilson の95%信頼区間）
-- denominator: 同じ7日間に受理し、感染経路の記載（確定・推定・不明）がある者。記載のない者は数えない
-- source: cases
-- told_by: route
-- counted_by: received_day 受理日不明 ; route 感染経路の記載なし
-- window: 7 ; unlinked_ratio 14
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- reference: 2021-04
-- columns: day 受理日 ; value 経路不明割合 ; lower 下限 ; upper 上限 ; cases 不明 ; total 記載あり ; unlinked_mean7 不明の7日平均 ;
--   unlinked_ratio 不明の前週比 ; reason 理由
-- days: 28
WITH counted AS (
  SELECT
    received_day AS day,
    count(*) FILTER (WHERE route = 'unknown') AS unlinked,
    count(*) FILTER (WHERE route IS NOT NULL) AS stated
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN CAST($from AS DATE) - INTERVAL '13' DAY AND $to
  GROUP BY received_day
),
days AS (
  SELECT CAST(day AS DATE) AS day
  FROM (SELECT unnest(generate_series(CAST($from AS DATE) - INTERVAL '13' DAY, CAST($to AS DATE), INTERVAL '1' DAY)) AS day) AS listed
),
moving AS (
  SELECT
    days.day,
    sum(coalesce(counted.unlinked, 0)) OVER (ORDER BY days.day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS unlinked,
    sum(coalesce(counted.stated, 0)) OVER (ORDER BY days.day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS stated,
    sum(coalesce(counted.unlinked, 0)) OVER (ORDER BY days.day ROWS BETWEEN 13 PRECEDING AND 7 PRECEDING) AS before
  FROM days LEFT JOIN counted ON counted.day = days.day
)
SELECT
  day,
  CASE WHEN recorded.first_day <= day - 6 THEN CAST(unlinked AS BIGINT) END AS cases,
  CASE WHEN recorded.first_day <= day - 6 THEN CAST(stated AS BIGINT) END AS total,
  CASE WHEN recorded.first_day <= day - 6 AND stated > 0 THEN CAST(unlinked AS DOUBLE) / 7.0 END AS unlinked_mean7,
  CASE
    WHEN recorded.first_day <= day - 13 AND stated > 0 THEN CAST(unlinked AS DOUBLE) / NULLIF(CAST(before AS DOUBLE), 0.0)
  END AS unlinked_ratio
FROM moving
CROSS JOIN recorded
WHERE day >= $from AND day < $as_of_day
ORDER BY day
