-- title.ja: 65歳以上の割合
-- title.en: Share aged 65 and over
-- unit: percent
-- shape: series
-- group: people
-- measure: share()
-- basis: 受理
-- date: 受理日
-- numerator: 65歳以上の者（Wilson の95%信頼区間）
-- denominator: 年齢の分かる者（年代のみの者は60代を除き含む）。分からない者は年齢不明の列に数える
-- source: cases
-- told_by: age
-- counted_by: received_day 受理日不明
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: day 期間の初日 ; value 65歳以上の割合 ; lower 下限 ; upper 上限 ; cases 65歳以上 ; total 年齢の分かる者 ; unknown 年齢不明 ;
--   label 期間 ; complete @count_status ; reason 理由
-- by: week ; day ; month ; quarter ; fiscal_year ; season ; wave
-- days: 182
WITH daily AS (
  SELECT
    received_day AS day,
    CASE WHEN age IS NOT NULL OR age_decade <> 60 THEN coalesce(age, age_decade) >= 65 END AS old,
    count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN $from AND $to
  GROUP BY received_day, CASE WHEN age IS NOT NULL OR age_decade <> 60 THEN coalesce(age, age_decade) >= 65 END
)
SELECT
  periods.first_day AS day,
  CASE
    WHEN sum(daily.cases) IS NULL AND coalesce(least(periods.last_day, CAST($to AS DATE)) < recorded.first_day, TRUE) THEN NULL
    ELSE CAST(coalesce(sum(daily.cases) FILTER (WHERE daily.old), 0) AS BIGINT)
  END AS cases,
  CASE
    WHEN sum(daily.cases) IS NULL AND coalesce(least(periods.last_day, CAST($to AS DATE)) < recorded.first_day, TRUE) THEN NULL
    ELSE CAST(coalesce(sum(daily.cases) FILTER (WHERE daily.old IS NOT NULL), 0) AS BIGINT)
  END AS total,
  CASE
    WHEN sum(daily.cases) IS NULL AND coalesce(least(periods.last_day, CAST($to AS DATE)) < recorded.first_day, TRUE) THEN NULL
    ELSE CAST(coalesce(sum(daily.cases) FILTER (WHERE daily.old IS NULL), 0) AS BIGINT)
  END AS unknown,
  periods.label,
  coalesce(periods.first_day >= recorded.first_day, FALSE) AND periods.first_day >= $from
    AND periods.last_day <= $to AND periods.last_day < $as_of_day AS complete
FROM periods
CROSS JOIN recorded
LEFT JOIN daily ON daily.day BETWEEN periods.first_day AND periods.last_day
GROUP BY periods.first_day, periods.last_day, periods.label, recorded.first_day
ORDER BY periods.first_day
