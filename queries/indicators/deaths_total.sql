-- title.ja: 死亡者数（累計）
-- title.en: Deaths so far
-- unit: persons
-- shape: value
-- group: care
-- measure: none
-- basis: 管内
-- date: 死亡日
-- numerator: 陽性者として療養中に死亡した者の累計（原因を問わない。死亡日の欄が読めない者、類型・療養状況が死亡で死亡日のない者を含む。移管済・死亡疑いの届出を除く）
-- source: cases
-- told_by: death_day, received_day
-- told_without: jurisdiction, status
-- counted_by: death_day 死亡日不明
-- counted_if: jurisdiction IS DISTINCT FROM 'transferred_out' AND class IS DISTINCT FROM 'died_suspected'
-- undated.ja: 累計に含み、直近7日には含まない
-- undated.en: in the total, not in the last seven days
-- window: last7 7
-- lag_days: 14
-- missing: zero
-- high_is: bad
-- columns: value 累計 ; last7 直近7日 ; reason 理由

-- Who died on an unknown day is in the total. Where the records began within the seven days the answer says since when.
SELECT
  CASE WHEN (SELECT first_day FROM recorded) <= $as_of_day THEN count(*) END AS value,
  CASE
    WHEN (SELECT first_day FROM recorded) <= CAST($as_of_day AS DATE) - 6
      THEN count(*) FILTER (WHERE death_day > CAST($as_of_day AS DATE) - INTERVAL '7' DAY)
  END AS last7,
  CASE
    WHEN coalesce((SELECT first_day FROM recorded) > $as_of_day, TRUE) THEN '記録なし'
    WHEN (SELECT first_day FROM recorded) > CAST($as_of_day AS DATE) - 6
      THEN '記録は' || CAST((SELECT first_day FROM recorded) AS VARCHAR) || 'から'
  END AS reason
FROM cases
WHERE disease = $disease
  AND (
    death_day <= $as_of_day
    OR (death_day IS NULL AND (contains(unread, ',death_day,') OR class = 'died' OR status = 'died'))
  )
  AND source IN (SELECT source FROM first_days WHERE received IS NOT NULL)
  AND jurisdiction IS DISTINCT FROM 'transferred_out'
  AND class IS DISTINCT FROM 'died_suspected'
