-- title.ja: 65歳以上の割合（週別）
-- title.en: Share aged 65 and over, by week
-- unit: percent
-- shape: series
-- measure: share()
-- basis: 受理
-- date: 受理日（終わった週のみ）
-- numerator: 65歳以上の者（Wilson の95%信頼区間）
-- denominator: 年齢の分かる者（年代のみの者は60代を除き含む）
-- source: cases
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: day 週の初日 ; value 65歳以上の割合 ; lower 下限 ; upper 上限 ; cases 65歳以上 ; total 年齢の分かる者 ; reason 理由
-- days: 182

-- Whole weeks only, or the first and the last share would be those of a few days.
WITH daily AS (
  SELECT received_day AS day, age, age_decade, count(*) AS cases
  FROM cases
  WHERE disease = $disease
    AND received_day BETWEEN CAST(date_trunc('week', CAST($from AS DATE)) AS DATE) AND $to
    AND (age IS NOT NULL OR age_decade <> 60)
  GROUP BY received_day, age, age_decade
)
SELECT
  CAST(date_trunc('week', day) AS DATE) AS day,
  CAST(coalesce(sum(cases) FILTER (WHERE coalesce(age, age_decade) >= 65), 0) AS BIGINT) AS cases,
  CAST(sum(cases) AS BIGINT) AS total
FROM daily
GROUP BY CAST(date_trunc('week', day) AS DATE)
HAVING CAST(date_trunc('week', day) AS DATE) + 6 < $as_of_day
  AND CAST(date_trunc('week', day) AS DATE) + 6 <= $to
ORDER BY day
