-- title.ja: 重なる滞在（同じ人が同時に二つの場所にいる）
-- title.en: Overlapping stays: one person in two places at once
-- note: while stays of a person overlap the one that began last counts; the others may be left open by mistake
-- columns: source 出典 ; from_day あとの滞在の開始日 ; rows 件数
WITH ordered AS (
  SELECT
    source, from_day, from_at,
    lag(to_at) OVER (PARTITION BY source, disease, case_id ORDER BY from_at, stay) AS earlier_to_at,
    lag(from_at) OVER (PARTITION BY source, disease, case_id ORDER BY from_at, stay) AS earlier_from_at
  FROM placements
)
SELECT source, from_day, count(*) AS rows
FROM ordered
WHERE earlier_from_at IS NOT NULL AND (earlier_to_at IS NULL OR earlier_to_at > from_at)
GROUP BY source, from_day
ORDER BY source, from_day
