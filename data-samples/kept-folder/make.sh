#!/bin/bash
# Writes a small data folder with a program: make.sh HINOMI FOLDER. Deliveries of every mode and outcome, a pack, closed
# versions, every journal. Not part of any test: a later program must read what an earlier one wrote.
set -euo pipefail
hinomi=$1; here=$(cd "$(dirname "$0")" && pwd); mkdir -p "$2"; cd "$2"
mkdir -p definitions/queries/sources
cp "$here"/input/*.toml definitions/queries/sources/
cat > hinomi.toml <<'T'
data_dir = 'data'
definitions_dir = 'definitions'
listen = '127.0.0.1:18731'
memory_limit = '256MB'
free_disk_floor = '1MB'
threads = 1
T
load() { "$hinomi" load "$@" || true; }

# A ward's own history, with its own times.
"$hinomi" synth ward --cases 60 --days 28 --end 2026-11-20T18:00 --seed 8 --population 3000
load her-sys-cases ward/her-sys-cases/* --replay
for source in facilities population-register bed-capacity care-ledger hospital-beds ward-events; do
  load "$source" $(ls ward/$source/* | tail -2)
done

list() { echo "番号,性別,年齢,報告日,受理日時,発熱,SpO2,氏名"; cat; }
row() { echo "K$1,$2,$3,2026-11-$4,2026-11-$4 09:30,$5,$6,見本 $1"; }
# Opened, changed and withdrawn, as it was, unchanged.
{ row 00001 男 34 02 ○ 97; row 00002 女 91 03 × 95; row 00003 男 8か月 03 ○ ""; row 00004 女 "" 04 "" 99; } | list > list1.csv
{ row 00001 男 35 02 ○ 97; row 00003 男 8か月 03 ○ 96; row 00004 女 60代 04 "" 99; row 00005 女 47 05 ○ 93; } | list > list2.csv
load ward-list list1.csv; load ward-list list2.csv; load ward-list list1.csv; load ward-list list1.csv
# Held back by row; refused whole; held for a person, twice.
{ row 00001 男 34 02 ○ 97; row 00002 女 91 99 × 95; row 00003 男 8か月 03 ○ ""; row 00004 女 "" 04 "" 99; row 00006 男 20 06 ○ 98; } | list > list3.csv
{ row 00001 男 34 02 ○ 97; row X 女 91 03 × 95; row Y 男 8 03 ○ ""; } | list > list4.csv
list < /dev/null > list5.csv
row 00001 男 34 02 ○ 97 | list > list6.csv
echo "報告日" > list7.csv
for n in 3 4 5 6 7; do load ward-list list$n.csv; done

{ echo "公表日,年代,性別"; echo "2026-11-02,30代,男性"; echo "2026-11-02,30代,男性"; echo "2026-11-03,90歳以上,女性"; } > open1.csv
{ echo "公表日,年代,性別"; echo "2026-11-02,30代,男性"; echo "2026-11-03,90歳以上,女性"; echo "2026-11-03,90歳以上,女性"; echo "2026-11-04,不明,"; } > open2.csv
load ward-open open1.csv; load ward-open open2.csv; load ward-open open1.csv

{ echo "できごと,日"; echo "集団感染,2026-11-05"; } > log1.csv
{ echo "できごと,日"; echo "集団感染,2026-11-05"; echo "宣言,2026-11-06"; } > log2.csv
load ward-log log1.csv; load ward-log log2.csv

for n in 1 2 3; do
  { echo "日,検査,陽性"; for day in 01 02 03; do echo "2026-11-$day,$((n * 10 + 10#$day)),$n"; done; } > totals$n.csv
  load ward-totals totals$n.csv
done
# A changed mapping: what it brings is no correction.
sed -i 's/{ headings = \["発熱"\].*/{ headings = ["発熱"] },/' definitions/queries/sources/ward-list.toml
load ward-list list2.csv

# What the walls showed, before a delivery and after it.
"$hinomi" serve & server=$!
sleep 20
{ echo "病院,日,確保"; echo "W001,2026-11-01,5"; } > beds0.csv
load ward-beds beds0.csv
sleep 15
kill -TERM $server; wait $server || true
# Small batches, so that the older ones are packed.
for n in 1 2 3 4 5 6 7 8; do
  { echo "病院,日,確保"; echo "W001,2026-11-01,$((5 + n))"; } > beds$n.csv
  load ward-beds beds$n.csv
done
"$hinomi" job run nightly
{ echo "病院,日,確保"; echo "W001,2026-11-01,20"; echo "W002,2026-11-01,7"; } > beds9.csv
load ward-beds beds9.csv
load ward-list list1.csv
