-- title.ja: 受理より前の初回連絡
-- title.en: First contact before receipt
-- columns: source 出典 ; received_day 受理日 ; rows 件数
SELECT source, received_day, count(*) AS rows
FROM cases
WHERE first_contact_at < received_at
GROUP BY source, received_day
ORDER BY source, received_day
