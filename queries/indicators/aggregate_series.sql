-- title.ja: 公表された集計値
-- title.en: Totals as published
-- unit: count
-- shape: table
-- group: published
-- measure: none
-- basis: 公表（出典の区分による）
-- date: 集計日
-- numerator: 出典が示した値そのもの（性・年代別の内訳を除く総数）。出典ごとに別の行で、足し合わせない
-- source: aggregate_counts
-- counted_by: day 集計日不明
-- counted_if: sex IS NULL AND age_decade IS NULL
-- lag_days: 0
-- missing: gap
-- high_is: neither
-- columns: area 地域 ; day 日 ; value 値 ; area_class 集計区分 ; source 出典
-- by: cumulative_positive ; cumulative_deaths ; cumulative_discharged ; under_care ; inpatients ; inpatients_mild_moderate ;
--   inpatients_severe ; hotel ; home ; facility ; undecided ; secured_beds ; final_phase_beds ; secured_severe_beds ;
--   final_phase_severe_beds ; hotel_rooms ; final_phase_hotel_rooms ; series()
-- days: 365
-- board: none
SELECT area, day, value, area_class, source
FROM aggregate_counts
WHERE disease = $disease
  AND series = $by
  AND day BETWEEN $from AND $to
  AND sex IS NULL
  AND age_decade IS NULL
ORDER BY source, area_class, area, day
