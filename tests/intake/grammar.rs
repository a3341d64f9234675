//! What a cell of a list says, word by word: ages and dates as offices write them, each with what it means. `!kind` is a
//! warning; without one, a cell that means nothing says so itself.

use hinomi::privacy::Passed;
use proptest::prelude::*;

use crate::support::gated::{Gated, mapping as mapped, no_towns};

const LIST: &str = r#"
source = "list"
title = { ja = "名簿", en = "List" }
table = "cases"
mode = "upsert"
namespace = "list"
rhythm = { calendar = "once" }
constants = { disease = "covid-19" }
column = [
  { headings = ["番号"], privacy = "pseudonymise", field = "subject", type = "id", pattern = 'P[0-9]{4}', expected = true, required = true },
  { headings = ["年齢"], privacy = "coarsen", field = "age", type = "age" },
  { headings = ["発病日"], privacy = "keep", field = "onset_day", type = "date" },
  { headings = ["受理日時"], privacy = "keep", field = "received", type = "datetime" },
  { headings = ["性別"], privacy = "keep", field = "sex", type = "code", codes = { M = ["男"], F = ["女"] } },
  { headings = ["発熱"], privacy = "keep", field = "fever", type = "flag" },
  { headings = ["SpO2"], privacy = "keep", field = "spo2", type = "count", min = 30, max = 100 },
  { headings = ["住所"], privacy = "coarsen", field = "district", type = "district", table = "districts" },
]
"#;

/// The columns behind the number.
const COLUMNS: usize = 7;

fn gated(mapping: &str, column: usize, words: &[&str]) -> Vec<Passed> {
    let mut text = "番号,年齢,発病日,受理日時,性別,発熱,SpO2,住所\n".to_owned();
    for (n, word) in words.iter().enumerate() {
        let cell = format!("\"{}\"", word.replace('"', "\"\""));
        let cells: Vec<&str> = (0..COLUMNS).map(|at| if at == column { cell.as_str() } else { "" }).collect();
        text += &format!("P{n:04},{}\n", cells.join(","));
    }
    Gated::of_text(&text, &mapped(mapping), &no_towns(), 1_000).passed
}

/// What each word means: the fields that its column feeds, and its warning.
fn meanings(mapping: &str, column: usize, words: &[&str]) -> Vec<String> {
    let fields: &[&str] = [&["age", "age_decade"][..], &["onset_day"], &["received_at"]][column];
    let passed = gated(mapping, column, words);
    let mut found = Vec::new();
    for passed in &passed {
        assert_eq!(passed.faults, [], "nobody is held back");
        let Some(safe) = &passed.safe else { continue };
        let frame = safe.frame();
        for at in 0..frame.height() {
            let text =
                |field: &str| frame.column(field).expect("a column").get(at).expect("a cell").to_string();
            let values: Vec<String> = fields.iter().map(|field| text(field).replace("null", "-")).collect();
            let row: u64 = text("row__").parse().expect("a number");
            let warned = passed.warnings.iter().filter(|fault| fault.row == row);
            let kinds = warned.map(|fault| {
                let kind = serde_json::to_value(fault.kind).expect("a kind");
                format!(" !{}", kind.as_str().expect("a word"))
            });
            found.push(values.join("/") + &kinds.collect::<String>());
        }
    }
    assert_eq!(found.len(), words.len());
    found
}

fn prove(mapping: &str, column: usize, table: &[(&str, &str)]) -> usize {
    let mut wrong = Vec::new();
    let mut all = 0;
    for (meaning, words) in table {
        let words: Vec<&str> = words.split('|').collect();
        all += words.len();
        for (word, found) in words.iter().zip(meanings(mapping, column, &words)) {
            if found != *meaning {
                wrong.push(format!("{word}: {found}, not {meaning}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    all
}

#[test]
fn ages() {
    let words = prove(
        LIST,
        0,
        &[
            (
                "35/30",
                "35|35歳|３５才|三十五|三五歳|35 歳|満35歳|推定35歳|thirty-five|35歳男性|35歳（女性）|男性35歳|35歳4か月|35.0",
            ),
            ("10/10", "十|十歳|10|小学生（10歳）|10歳（小学生）"),
            ("85/80", "八十五歳|85才|８５歳の女性"),
            ("60/60", "sixty|60|六十歳|60-year-old man"),
            ("90/90", "百歳|102歳|90歳以上|９０歳～|九十歳以上|90+|ninety and older|百五歳"),
            (
                "0/0",
                "0歳児|零歳|〇歳児|生後3か月|生後三か月|３ヶ月|生後10日|新生児|乳児|十一か月|3か月児|11mo",
            ),
            ("-/0", "10歳未満|一桁|十歳未満|0～4歳|9歳以下|under ten"),
            (
                "-/20",
                "20代|二十代|２０歳代|20s|twenties|20代男性|20代の女性|二十代後半|late 20s|20代（推定）|20～29歳|20代※1",
            ),
            (
                "-/50",
                "50代男性|50代・女|50歳台|50 to 59 years|五十代女性|男（50代）|50歳代（詳細不明）|50代？",
            ),
            // Groups name no decade, and are no fault.
            (
                "-/-",
                "成人男性|成人|高齢者|高齢の女性|小児|小学生|小学六年生|小5|中２|高三|年長|女児|未就学児|高齢者（男性）|adult|",
            ),
            ("-/-", "非公表|不明|調査中|－|年代不明|unknown|（非公表）"),
            // Understood, and no decade in it.
            ("-/- !spans_bands", "65歳以上|40代・50代|15～24歳|約50歳|20歳未満|50歳前後の男性|over sixty"),
            ("-/- !not_an_age", "四十路|131|3.5|山|一|〇〇代|50代会社員|男性|ten-ish|35歳？？？x|三十百|歳"),
        ],
    );
    assert!(words >= 80, "{words}");
}

#[test]
fn days() {
    let words = prove(
        LIST,
        1,
        &[
            (
                "2026-11-16",
                "2026-11-16|2026/11/16|20261116|R8.11.16|Ｒ８．１１．１６|r8/11/16|R081116|令和8年11月16日|令和八年十一月十六日|令8.11.16|\
                 二〇二六年十一月十六日|2026年11月16日（月）|2026/11/16 月曜日|2026年11月16|令和8年11/16|2026-11-16 10:05|2026/11/16 夕方|\
                 2026/11/16 10時頃|16 Nov 2026|November 16, 2026|46342|㋿8年11月16日",
            ),
            // Nothing happened, or nothing is known: no fault.
            (
                "-",
                "なし|なし（無症状病原体保有者）|無症状|無症状のため、なし|症状なし（無症状）|無症状病原体保有者|発症なし|不明|調査中|非公表|-|―|\
                 本人の希望により非公表|発症日不明|",
            ),
            (
                "- !vague_date",
                "3月中旬|2021/4/|2021-04|令和3年4月|令和三年四月|2021/4/??|2021-04-00|2021年4月不明|4月〇日|2026/11/16頃|2026/11/16?|2026/11/16？|\
                 2026/11/16（推定）|推定2026/11/16|令和八年十一月十六日頃|3月10日～12日|数日前|二、三日前|mid March|2021年|11/16以前",
            ),
            // Of an era, of the century, or of no year at all: nobody guesses.
            (
                "- !no_year",
                "26/11/16|26.11.16|26年11月16日|8年11月16日|八年十一月十六日|11/16|11月16日|十一月十六日|16/11/26|16 Nov|'26/11/16",
            ),
            // That something else did not happen says nothing of the day.
            (
                "- !not_a_date",
                "咳なし|熱なし（無症状）|発熱なし、咳なし|なし（咳あり）|2021-02-30|2021/13/1|9/5/2020|令和元年4月30日|あした|x|一|13/32|〇月〇日",
            ),
            ("- !out_of_range", "1899-12-31|2101-01-01|5"),
        ],
    );
    assert!(words >= 80, "{words}");
}

#[test]
fn moments() {
    prove(
        LIST,
        2,
        &[
            (
                "2026-11-16 01:05:00",
                "2026-11-16 10:05|R8.11.16 10:05|令和八年十一月十六日 十時五分|2026年11月16日(月)10時5分|16 Nov 2026 10:05",
            ),
            ("2026-11-16 04:00:00", "2026/11/16 午後1時|令和8年11月16日午後一時"),
            ("-", "未定|不明|なし（入院中）|"),
            ("2026-11-16 03:00:00", "2026/11/16 正午|2026-11-16 12:00受付|20261116 1200|2026/11/16 PM0:00"),
            // The day is kept.
            ("- !day_only", "2026/11/16 夕方|2026/11/16 10時頃"),
            ("- !vague_date", "3月中旬|2026/11/16?"),
            ("- !no_year", "26/11/16 10:05|11/16 10:05|8月2日午前"),
            ("- !not_a_time", "咳なし|2026-11-16 25:00|x"),
        ],
    );
}

/// What a year of two digits means is for the source to say.
#[test]
fn a_year_of_two_digits_is_read_where_the_mapping_says_so() {
    let short = LIST.replace("rhythm", "date_order = \"short_year_first\"\nrhythm");
    prove(
        &short,
        1,
        &[
            ("2026-11-16", "26/11/16|26-11-16|２６．１１．１６|26年11月16日|2026/11/16|R8.11.16"),
            ("- !no_year", "6/11/16|11/16|8年11月16日"),
            ("- !vague_date", "26/11/16頃"),
        ],
    );
}

/// Pieces that ages and dates are made of, in any order.
fn word() -> impl Strategy<Value = String> {
    let pieces = "[0-9]{1,2}|[0-9０-９]{1,4}|[一二三四五六七八九十百〇元]{1,3}|歳|才|代|か月|ヶ月|生後|未満|以上|以下|前半|後半|男性|女|の|児|成人|高齢者|小学生|\
        令和|平成|R|H|年|月|日|[/.-]|～|頃|\\?|（|）|\\(|\\)|上旬|なし|無症状|咳|不明|調査中|のため|約|推定|sixty|s|and|older|Nov| |:|時|午後|※|,|、|・";
    prop::collection::vec(pieces, 0..7).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// No optional cell holds its row back, whatever it says, unless it looks like a direct identifier; and nothing panics.
    #[test]
    fn no_optional_cell_costs_its_person(
        column in 0..COLUMNS,
        words in prop::collection::vec(prop_oneof![4 => word(), 1 => "\\PC{0,20}"], 1..20),
    ) {
        // A line end in a cell, and a cell that holds a whole record, are the parser's matter.
        let words: Vec<String> = words.into_iter().map(|word| word.replace(['\n', '\r', ','], "、")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut through = 0;
        for passed in gated(LIST, column, &words) {
            through += passed.safe.map_or(0, |safe| safe.rows());
            for fault in passed.faults {
                prop_assert!(fault.kind.is_identifying(), "{:?}", (column, fault, &words));
                through += 1;
            }
            prop_assert_eq!(passed.left_out.len(), 0);
        }
        prop_assert_eq!(through, words.len());
    }
}
