-- title.ja: 病院別の病床
-- title.en: Beds by hospital
-- unit: beds
-- shape: table
-- group: beds
-- measure: none
-- basis: 区内病院・区外病院
-- date: 各病院の最終報告
-- numerator: 病院が報告した入院者数と重症者数（他自治体の患者を含む。重症の基準は列に示す）
-- denominator: その日の確保病床数・即応病床数・重症者用確保病床数
-- formula.ja: 分子と分母を並べて示す。割らない
-- formula.en: numerator and denominator stand side by side; nothing is divided
-- source: bed_reports, bed_capacity, facilities
-- parts_told_by: severe: severe ; bed_capacity.secured_severe: secured_severe
-- told_without: severity_basis
-- counted_by: reported_day 報告日不明
-- lag_days: 0
-- missing: gap
-- high_is: bad
-- columns: facility_id 病院 ; occupied 入院者 ; secured 確保病床 ; ready 即応病床 ; severe 重症者 ; secured_severe 重症者用確保病床 ; reported_at 報告日時 ; in_ward @hospital_place ; severity_basis 重症の基準 ; reason 理由
WITH reported AS (
  SELECT facility_id, occupied, severe, severity_basis, reported_at
  FROM bed_reports
  WHERE disease = $disease
    AND reported_at <= $as_of_at
    AND reported_at > CAST($as_of_at AS TIMESTAMP) - INTERVAL '31' DAY
  QUALIFY row_number() OVER (PARTITION BY facility_id ORDER BY reported_at DESC) = 1
),
beds AS (
  SELECT
    facility_id, secured, ready, secured_severe, from_day,
    lead(from_day) OVER (PARTITION BY facility_id ORDER BY from_day) AS next_day
  FROM bed_capacity
  WHERE disease = $disease
),
-- Whoever has reported or has beds, whether the list of facilities has it or not.
hospitals AS (
  SELECT facility_id FROM reported
  UNION
  SELECT facility_id FROM beds
)
SELECT
  hospitals.facility_id,
  reported.occupied,
  beds.secured,
  beds.ready,
  reported.severe,
  beds.secured_severe,
  reported.reported_at,
  facilities.in_ward,
  reported.severity_basis,
  NULLIF(concat_ws(
    '、',
    CASE WHEN facilities.facility_id IS NULL THEN '施設一覧にない' WHEN facilities.in_ward IS NULL THEN '区内・区外不明' END,
    CASE WHEN reported.reported_at IS NULL THEN '31日以内の報告なし' END,
    CASE WHEN reported.reported_at IS NOT NULL AND reported.occupied IS NULL THEN '入院者: 読めない値か空欄' END,
    CASE WHEN beds.facility_id IS NULL THEN '病床数の報告なし' END,
    CASE WHEN beds.facility_id IS NOT NULL AND beds.secured IS NULL THEN '確保病床: 読めない値か空欄' END,
    CASE WHEN beds.facility_id IS NOT NULL AND beds.ready IS NULL AND count(beds.ready) OVER () > 0 THEN '即応病床: 読めない値か空欄' END,
    CASE WHEN reported.reported_at IS NOT NULL AND reported.severe IS NULL AND count(reported.severe) OVER () > 0 THEN '重症者: 読めない値か空欄' END,
    CASE WHEN beds.facility_id IS NOT NULL AND beds.secured_severe IS NULL AND count(beds.secured_severe) OVER () > 0 THEN '重症者用確保病床: 読めない値か空欄' END,
    CASE WHEN reported.severe IS NOT NULL AND reported.severity_basis IS NULL
      AND count(reported.severity_basis) OVER () > 0 THEN '重症の基準: 読めない値か空欄' END
  ), '') AS reason
FROM hospitals
LEFT JOIN facilities ON facilities.facility_id = hospitals.facility_id
LEFT JOIN reported ON reported.facility_id = hospitals.facility_id
LEFT JOIN beds ON beds.facility_id = hospitals.facility_id
  AND beds.from_day <= $as_of_day AND (beds.next_day > $as_of_day OR beds.next_day IS NULL)
WHERE coalesce(facilities.kind, 'hospital') = 'hospital' AND (reported.reported_at IS NOT NULL OR beds.facility_id IS NOT NULL)
ORDER BY facilities.in_ward DESC NULLS LAST, hospitals.facility_id
