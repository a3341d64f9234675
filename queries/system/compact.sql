-- Small files of the archive become few larger ones.

-- name: merge
COPY (SELECT * FROM read_parquet({files}, union_by_name = true)) TO $file (FORMAT parquet, COMPRESSION zstd)

-- name: count
SELECT count(*) FROM read_parquet({files})
