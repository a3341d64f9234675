-- title.ja: 受理日時が未来の届出
-- title.en: Notifications received in the future
-- columns: source 出典 ; received_day 受理日 ; rows 件数
SELECT source, received_day, count(*) AS rows
FROM cases
WHERE received_at > $as_of_at
GROUP BY source, received_day
ORDER BY source, received_day
