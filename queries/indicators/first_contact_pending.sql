-- title.ja: 初回連絡未了
-- title.en: First contact pending
-- unit: persons
-- shape: value
-- group: today
-- measure: none
-- basis: 管内
-- date: 受理日時から
-- numerator: 期間内に受理し、まだ初回連絡のない者（移管済・死亡を除く。初回連絡日時の読めない者は未了に数える）
-- denominator: 期間内に受理した者（同じ除外）
-- formula.ja: 分子の人数。分母は並べて示す
-- formula.en: the count of the numerator; the denominator stands beside it
-- source: cases
-- told_by: first_contact_at
-- told_without: jurisdiction, death_day
-- counted_by: received_day 受理日不明
-- counted_if: jurisdiction IS DISTINCT FROM 'transferred_out' AND death_day IS NULL AND NOT coalesce(contains(unread, ',death_day,'), FALSE)
--   AND coalesce(class, '') NOT IN ('died', 'died_suspected')
-- lag_days: 0
-- missing: zero
-- high_is: bad
-- columns: value 初回連絡未了 ; received 期間内の受理 ; oldest_hours 最長 ; reason 理由
-- days: 7
SELECT
  CASE
    WHEN (SELECT first_day FROM recorded) <= $to
      THEN count(*) FILTER (WHERE first_contact_at IS NULL OR first_contact_at > $as_of_at)
  END AS value,
  coalesce(NULLIF(count(*), 0), CASE WHEN (SELECT first_day FROM recorded) <= $to THEN 0 END) AS received,
  CASE
    WHEN (SELECT first_day FROM recorded) <= $to
      THEN round(
        (date_part('epoch', CAST($as_of_at AS TIMESTAMP))
          - date_part('epoch', min(received_at) FILTER (WHERE first_contact_at IS NULL OR first_contact_at > $as_of_at)))
        / 3600.0, 1)
  END AS oldest_hours,
  CASE
    WHEN coalesce((SELECT first_day FROM recorded) > $to, TRUE) THEN '記録なし'
    WHEN count(*) FILTER (WHERE first_contact_at IS NULL OR first_contact_at > $as_of_at) = 0 THEN '最長: 未了の者なし'
    WHEN min(received_at) FILTER (WHERE first_contact_at IS NULL OR first_contact_at > $as_of_at) IS NULL THEN '最長: 受理時刻不明'
  END AS reason
FROM cases
WHERE disease = $disease
  AND received_day BETWEEN $from AND $to
  AND coalesce(received_at <= $as_of_at, TRUE)
  AND jurisdiction IS DISTINCT FROM 'transferred_out'
  AND death_day IS NULL
  AND NOT coalesce(contains(unread, ',death_day,'), FALSE)
  AND coalesce(class, '') NOT IN ('died', 'died_suspected')
