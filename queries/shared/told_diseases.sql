-- The diseases that any record tells of, by the table that it stands in: of another one nothing was told, which is no zero.
SELECT 'cases' AS of_table, disease FROM cases GROUP BY disease
UNION ALL
SELECT 'placements' AS of_table, disease FROM placements GROUP BY disease
UNION ALL
SELECT 'bed_reports' AS of_table, disease FROM bed_reports GROUP BY disease
UNION ALL
SELECT 'bed_capacity' AS of_table, disease FROM bed_capacity GROUP BY disease
UNION ALL
SELECT 'aggregate_counts' AS of_table, disease FROM aggregate_counts GROUP BY disease
ORDER BY of_table, disease
