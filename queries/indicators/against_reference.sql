-- title.ja: 目安との比較
-- title.en: Against dated reference values
-- unit: count
-- shape: table
-- group: reference
-- measure: against()
-- basis: 項目ごと（各指標の対象による）
-- date: 項目ごと（推移は最後の確定日、ほかは現在）
-- numerator: 各項目の指標の値。四捨五入前の値を、日付のある目安と比べる。ステージやレベルの判定ではない
-- source: cases, placements, bed_reports, bed_capacity, facilities, population
-- lag_days: 0
-- missing: gap
-- high_is: neither
-- columns: item 項目 ; value 値 ; unit 単位 ; marks 目安 ; reached 該当 ; reason 理由
-- by: 2021-04 ; 2020-08 ; 2021-11 ; tokyo-monitoring
SELECT item
FROM reference_items
WHERE scheme = $by
ORDER BY place
