-- title.ja: 期首からの累計受理数（前期・前年同時点との比較）
-- title.en: To date, against the same point of earlier periods
-- unit: persons
-- shape: table
-- group: today
-- measure: to_date()
-- basis: 受理
-- date: 受理日時（期間の初日0時から現在の分まで）
-- numerator: 期間の初日から現在までに受理した発生届。比は、前の期間の同じ経過時点でそのとき把握していた数に対するもの（正確な95%信頼区間）
-- denominator: 前の期間（本日は前週同曜日）の同じ経過時点までの数。当時の把握と今の把握を並べる。当時か現在に届くべきものが届いていなければ比べない。前年の週・日は52週前
-- source: cases
-- counted_by: received_day 受理日不明
-- lag_days: 0
-- missing: gap
-- high_is: bad
-- columns: span 期間 ; value 現在 ; before @before_known_then ; before_now @before_known_now ; last_year 前年同時点 ; ratio 比 ; ratio_lower 下限 ; ratio_upper 上限 ; reason 理由

-- Asked once for each span and point of time; records of any disease tell since when there are records at all.
SELECT
  count(*) FILTER (
    WHERE disease = $disease AND received_day BETWEEN $from AND $to AND coalesce(received_at <= $as_of_at, TRUE)
  ) AS cases,
  min(received_day) AS first_day
FROM cases
WHERE received_day IS NOT NULL
