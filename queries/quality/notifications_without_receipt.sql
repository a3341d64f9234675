-- title.ja: 受理日時のない届出
-- title.en: Notifications without a time of receipt
-- note: open data carry only the day of publication: those rows have no receipt and are no fault
-- columns: source 出典 ; reported_day 報告日 ; rows 件数
SELECT source, reported_day, count(*) AS rows
FROM cases
WHERE received_day IS NULL AND channel IN ('hersys', 'fax', 'nesid')
GROUP BY source, reported_day
ORDER BY source, reported_day
