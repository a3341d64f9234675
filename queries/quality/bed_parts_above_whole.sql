-- title.ja: 内訳が総数を超える病床報告・病床計画
-- title.en: Bed reports and plans of which a part exceeds the whole
-- note: 最終フェーズの即応 may exceed 確保 (8 of 47 prefectures did) and is not looked at
-- columns: facility_id 病院 ; day 日 ; what 内容
SELECT facility_id, reported_day AS day, '重症者が入院者より多い' AS what
FROM bed_reports
WHERE severe > occupied
UNION ALL
SELECT facility_id, reported_day AS day, '確保病床の入院者が入院者より多い' AS what
FROM bed_reports
WHERE occupied_secured > occupied
UNION ALL
SELECT facility_id, from_day AS day, '即応病床が確保病床より多い' AS what
FROM bed_capacity
WHERE ready > secured
UNION ALL
SELECT facility_id, from_day AS day, '重症の確保病床が確保病床より多い' AS what
FROM bed_capacity
WHERE secured_severe > secured
ORDER BY facility_id, day, what
