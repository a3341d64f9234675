//! Shapes that clerks send: titles above and totals and notes below a table, codes that lost their zeros, days in several
//! columns, one heading for two fields.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hinomi::definitions::mapping::Mapping;
use hinomi::intake::aside::{LeftOut, Why};
use hinomi::intake::fault::{Fault, FaultKind};
use hinomi::privacy::{Gate, Key, SafeBatch};
use hinomi::store::{AsOf, Outcome};
use proptest::prelude::*;

use super::delivery::House;
use super::{fault, house, mapping, read};
use crate::support::gated::{Gated, mapping as mapped, towns};

fn sample(name: &str) -> PathBuf {
    house("data-samples/shapes").join(name)
}

/// What the gate makes of a file.
fn gated(mapping: &Arc<Mapping>, path: &Path) -> Gated {
    Gated::of(path, mapping, &towns(), 4)
}

/// Facts, faults and rows left out of a text.
fn told(mapping: &Arc<Mapping>, text: &str) -> (usize, Vec<Fault>, Vec<u64>) {
    let gated = Gated::of_text(text, mapping, &towns(), 4);
    let (facts, faults) = (gated.facts(), gated.faults());
    (facts, faults, gated.passed.into_iter().flat_map(|p| p.left_out).map(|left| left.row).collect())
}

/// The rows left out of a text, each with the reason; and how many rows are held back.
fn left_out(mapping: &Arc<Mapping>, text: &str) -> (Vec<(u64, Why)>, usize) {
    let gated = Gated::of_text(text, mapping, &towns(), 4);
    let held = gated.faults().len();
    let left = gated.passed.into_iter().flat_map(|p| p.left_out);
    let mut rows: Vec<_> = left.map(|left| (left.row, left.why)).collect();
    rows.sort_unstable();
    (rows, held)
}

/// Cells of one column over all that was let through, as text.
fn column(gated: &Gated, name: &str) -> Vec<String> {
    let cells = gated.safe().map(SafeBatch::frame).flat_map(|frame| {
        let column = frame.column(name).unwrap_or_else(|error| panic!("{error}"));
        (0..frame.height()).map(|row| column.get(row).expect("a cell").to_string()).collect::<Vec<_>>()
    });
    cells.collect()
}

const SENTINEL: &str = r#"
    source = "sentinel"
    title = { ja = "定点報告", en = "Sentinel reports" }
    table = "aggregate_counts"
    mode = "aggregate"
    key = ["series", "area", "day"]
    rhythm = { calendar = "once" }
    constants = { disease = "influenza", area_class = "prefecture" }
    column = [
      { headings = ["都道府県番号"], privacy = "keep", field = "area", type = "id", pattern = '0[1-9]|[1-3][0-9]|4[0-7]', expected = true, required = true },
      { headings = ["週の初日"], privacy = "keep", field = "day", type = "date", expected = true, required = true },
      { headings = ["報告"], privacy = "keep", series = "flu_reports", type = "count", expected = true },
    ]
"#;

#[test]
fn headings_further_down_are_named_and_read_where_the_mapping_says_so() {
    let path = sample("title_above.csv");
    let error = read(&path, &mapped(SENTINEL), 9).expect_err("refused").to_string();
    assert!(error.contains("見出しは3行目にあります。その上の2行を消してください"), "{error}");
    assert!(error.contains("the headings stand in row 3: delete the 2 rows above"), "{error}");
    assert!(!error.contains("見本"), "nothing of the title: {error}");

    let searched = SENTINEL.replace("rhythm =", "header = \"search\"\nrhythm =");
    let found = read(&path, &mapped(&searched), 9).unwrap_or_else(|error| panic!("{error}"));
    // Rows keep the numbers that they have in the file.
    assert_eq!(found.rows.iter().map(|r| r.0).collect::<Vec<_>>(), [4, 5]);
    assert_eq!(found.summary.rows, 2);
    // Where the headings stand is no change of meaning.
    assert_eq!(mapped(&searched).hash(), mapped(SENTINEL).hash());
}

#[test]
fn a_heading_that_is_missing_further_down_is_named_by_its_row() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    let refused = |text: &str| {
        std::fs::write(&path, text).expect("written");
        read(&path, &mapped(SENTINEL), 9).expect_err("refused").to_string()
    };
    let error = refused("定点報告の表,,\n都道府県番号,週の初日,患者数\n01,2025-01-13,1\n");
    assert!(error.contains("row 2: no column is headed 報告"), "{error}");
    let error = refused("a,b,c\n01,2025-01-13,1\n");
    assert!(error.contains("row 1: no column is headed 都道府県番号"), "{error}");
    let error = refused(&format!("{}都道府県番号,週の初日,報告\n", "題,,\n".repeat(30)));
    assert!(error.contains("row 1: "), "looked at too far down: {error}");
}

#[test]
fn totals_and_notes_below_are_left_out_and_named() {
    let ours = House::new();
    let receipt = ours.deliver("bed-survey", &sample("00_total_and_notes.csv"));
    assert_eq!(receipt.outcome, Outcome::Accepted, "{:?}", receipt.faults);
    assert_eq!((receipt.rows, receipt.quarantined, receipt.opened), (47, 0, 47 * 10));
    let named: Vec<_> = receipt.left_out.iter().map(|left| (left.row, left.why)).collect();
    assert_eq!(named, [(49, Why::Total), (50, Why::Foot), (51, Why::Foot)]);
    let counts: Vec<_> = receipt.left_out_counts.iter().map(|count| (count.why, count.rows)).collect();
    assert_eq!(counts, [(Why::Total, 1), (Why::Foot, 2)]);
    let sql = "SELECT count(*) AS areas, CAST(sum(value) AS BIGINT) AS value FROM aggregate_counts WHERE series = 'under_care'";
    assert_eq!(ours.query("care", sql, &[], AsOf::Latest), [["47", "5190"]]);
}

const HEAD: &str = "都道府県番号,都道府県名,週の初日,報告\n";

fn survey() -> Arc<Mapping> {
    let named = SENTINEL.replace("column = [", "column = [{ headings = [\"都道府県名\"] },");
    mapped(&named)
}

#[test]
fn a_note_that_a_row_follows_is_no_foot() {
    let good = "01,県,2025-01-13,1\n02,県,2025-01-13,2\n";
    let missing = |row| fault(row, "都道府県番号", FaultKind::Missing);
    let mapping = survey();
    for (rows, facts, faults, left_out) in [
        (format!("{good},合計,,3\n※1　注記,,,\n"), 2, vec![], vec![4, 5]),
        // A note in the middle is a bad row; a total is a total wherever it stands.
        (format!("{good},,,\n,注記のような行,,\n03,県,2025-01-13,3\n"), 3, vec![missing(5)], vec![]),
        (format!("{good},小計,,3\n03,県,2025-01-13,3\n"), 3, vec![], vec![4]),
        (format!("{good}合計,,2025-01-13,3\n"), 2, vec![], vec![4]),
        (format!("{good},全国,2025-01-13,3\n"), 2, vec![], vec![4]),
        // Fewer cells than the header, as people type notes.
        (format!("{good}※1 注記\n※2 注記, 続き\n"), 2, vec![], vec![4, 5]),
        // Figures without a word or a key: a few are a foot, more are not.
        (format!("{good},,,3\n"), 2, vec![], vec![4]),
        // A day without an area is a row that is at fault.
        (format!("{good},県,2025-01-13,3\n"), 2, vec![missing(4)], vec![]),
        // A key that is there and can't be read, and a figure beside it: a row, wherever it stands.
        (format!("{good}48,県,1/13,3\n"), 2, vec![fault(4, "都道府県番号", FaultKind::NotAnId)], vec![]),
        (format!("{good}？,県,2025/13/1,3\n"), 2, vec![missing(4)], vec![]),
        (format!("{good},,1月13日（速報）,3\n"), 2, vec![missing(4)], vec![]),
        (format!("{good},,1月13日,約3件\n"), 2, vec![missing(4)], vec![]),
        (format!("{good}※,,1/13,3\n"), 2, vec![fault(4, "都道府県番号", FaultKind::NotAnId)], vec![]),
        // Words and totals are none.
        (format!("{good}1/13は速報,,,\n合計,,1/13,3\n"), 2, vec![], vec![4, 5]),
        // Nothing good before it: no foot.
        ("※1　注記,,,\n".to_owned(), 0, vec![fault(2, "都道府県番号", FaultKind::NotAnId)], vec![]),
    ] {
        assert_eq!(told(&mapping, &format!("{HEAD}{rows}")), (facts, faults, left_out), "{rows}");
    }
    let many = format!("{HEAD}{good}{}", ",,,3\n".repeat(9));
    let (_, faults, left_out) = told(&mapping, &many);
    assert_eq!((faults.len(), left_out.len()), (9, 0), "{faults:?}");
}

/// The last days of a list of days, by whatever form of day: each is a row of facts or a row held back.
#[test]
fn a_last_day_that_cannot_be_read_is_held_back() {
    let days = |day: &str| {
        format!(
            r#"
            source = "calls"
            title = {{ ja = "相談", en = "Calls" }}
            table = "aggregate_counts"
            mode = "aggregate"
            key = ["series", "day"]
            rhythm = {{ calendar = "once" }}
            constants = {{ disease = "covid-19" }}
            column = [
              {{ {day}, privacy = "keep", field = "day", type = "date", required = true }},
              {{ headings = ["相談"], privacy = "keep", series = "calls", type = "count" }},
            ]"#
        )
    };
    let one = mapped(&days("headings = [\"日付\"]"));
    let text =
        "日付,相談\n2026-11-19,11\n2026-11-20,12\n令和8年11月22,14\n11月23日,15\n11月24日（速報）,16\n";
    let no_year = |row| fault(row, "日付", FaultKind::NoYear);
    assert_eq!(told(&one, text), (3, vec![no_year(5), no_year(6)], vec![]));
    for (day, kind) in [
        ("11/22", FaultKind::NoYear),
        ("2026-11-31", FaultKind::NotADate),
        ("261122", FaultKind::NoYear),
        ("11月下旬", FaultKind::VagueDate),
        ("不明", FaultKind::Missing),
    ] {
        let text = format!("日付,相談\n2026-11-19,11\n{day},14\n");
        assert_eq!(told(&one, &text), (1, vec![fault(3, "日付", kind)], vec![]), "{day}");
        let alone = format!("日付,相談\n2026-11-19,11\n{day}の値は速報,\n");
        assert_eq!(told(&one, &alone).2, [3], "{day}");
    }
    let parts = mapped(&days("from = [\"年\", \"月\", \"日\"]"));
    let text = "年,月,日,相談\n2026,11,30,13\n2026,11,31,14\n";
    let (facts, faults, left_out) = told(&parts, text);
    assert_eq!((facts, faults.len(), left_out.len()), (1, 1, 0), "{faults:?}");
    assert_eq!((faults[0].row, faults[0].kind), (3, FaultKind::NotADate));
}

#[test]
fn codes_get_their_zeros_back() {
    let ours = House::new();
    let receipt = ours.deliver("bed-survey", &sample("00_codes_without_zero.csv"));
    assert_eq!((&receipt.outcome, receipt.rows, receipt.quarantined), (&Outcome::Accepted, 3, 0));
    let noted = receipt.unread.iter().find(|u| u.kind == FaultKind::ZeroGivenBack).expect("a note");
    assert_eq!((noted.column.as_str(), noted.cells, noted.rows.as_slice()), ("都道府県番号", 2, &[2, 3][..]));
    let sql = "SELECT area, value FROM aggregate_counts WHERE series = 'under_care' ORDER BY area";
    assert_eq!(ours.query("care", sql, &[], AsOf::Latest), [["01", "114"], ["09", "99"], ["13", "90"]]);
}

#[test]
fn a_municipal_code_that_could_be_another_is_held_back_with_its_reason() {
    let mapping = mapping("municipal-cumulative");
    let head = "全国地方公共団体コード,都道府県名,市区町村名,公表_年月日,集計区分,陽性者数\n";
    let row = |code: &str| format!("{code},x,y,2021-03-01,市区町村,1\n");
    let (facts, faults, _) = told(&mapping, &format!("{head}{}{}", row("11002"), row("13102")));
    assert_eq!(facts, 1, "札幌市");
    assert_eq!(faults, [fault(3, "全国地方公共団体コード", FaultKind::LostZero)]);
}

const PEOPLE: &str = r#"
    source = "people"
    title = { ja = "名簿", en = "People" }
    table = "cases"
    mode = "upsert"
    namespace = "people"
    rhythm = { calendar = "once" }
    constants = { disease = "covid-19" }
    column = [
      { headings = ["番号"], privacy = "pseudonymise", field = "subject", type = "id", pattern = '[0-9]{5}', expected = true, required = true },
      { headings = ["公表日"], privacy = "keep", field = "published_day", type = "date" },
      { headings = ["性別"], privacy = "keep", field = "sex", type = "code", codes = { M = ["01"], F = ["02"] } },
    ]
"#;

#[test]
fn a_persons_id_is_never_guessed_at_and_a_code_is() {
    let (facts, faults, _) =
        told(&mapped(PEOPLE), "番号,公表日,性別\n00123,2021-03-01,1\n123,2021-03-01,2\n12a,2021-03-01,02\n");
    assert_eq!(facts, 1);
    assert_eq!(faults, [fault(3, "番号", FaultKind::LostZero), fault(4, "番号", FaultKind::NotAnId)]);
}

#[test]
fn days_and_moments_of_several_columns() {
    let text = r#"
        source = "split"
        title = { ja = "分かれた日付", en = "Split dates" }
        table = "cases"
        mode = "snapshot"
        rhythm = { calendar = "once" }
        constants = { disease = "covid-19" }
        column = [
          { from = ["年", "月", "日"], privacy = "keep", field = "published_day", type = "date", expected = true, required = true },
          { from = ["受理日", "受理時刻"], privacy = "keep", field = "received", type = "datetime" },
          { headings = ["年代"], privacy = "coarsen", field = "age", type = "age" },
        ]
    "#;
    let passed = gated(&mapped(text), &sample("split_dates.csv"));
    assert_eq!(column(&passed, "published_day"), ["2021-02-03", "2021-02-04", "2021-02-05"]);
    assert_eq!(
        column(&passed, "received_at"),
        ["2021-02-03 00:05:00", "2021-02-04 05:30:00", "null"],
        "UTC; a time that is missing leaves it open"
    );
    assert_eq!(column(&passed, "received_day"), ["2021-02-03", "2021-02-04", "null"]);
    let faults = passed.faults();
    assert_eq!(faults, [fault(5, "年・月・日", FaultKind::Missing)]);
}

/// A date of birth is none the less one for standing in three columns.
#[test]
fn a_day_of_birth_in_parts_is_refused() {
    let text = PEOPLE.replace(
        "{ headings = [\"公表日\"], privacy = \"keep\", field = \"published_day\", type = \"date\" }",
        "{ from = [\"生\", \"年\", \"月日\"], privacy = \"keep\", field = \"published_day\", type = \"date\" }",
    );
    let header = ["番号", "生", "年", "月日", "性別"].map(str::to_owned);
    let bound = hinomi::intake::bind::bind(mapped(&text), &header).expect("bound");
    let refused = Gate::new(&bound, Some(&Key::throwaway()), &towns()).err().expect("refused");
    assert!(refused.to_string().contains("a date of birth"), "{refused}");
}

#[test]
fn one_heading_may_feed_two_fields() {
    let text = PEOPLE.replace(
        "{ headings = [\"公表日\"], privacy = \"keep\", field = \"published_day\", type = \"date\" },",
        "{ headings = [\"公表日\"], privacy = \"keep\", field = \"published_day\", type = \"date\" },
         { headings = [\"公表日\"], privacy = \"keep\", field = \"reported_day\", type = \"date\" },",
    );
    let passed = Gated::of_text("番号,公表日,性別\n00123,2021-03-01,02\n", &mapped(&text), &towns(), 4);
    for field in ["published_day", "reported_day"] {
        assert_eq!(column(&passed, field), ["2021-03-01"]);
    }
    // Not beside its own pseudonym.
    let kept = PEOPLE.replace(
        "column = [",
        "column = [{ headings = [\"番号\"], privacy = \"keep\", field = \"facility_id\", type = \"id\", pattern = '[0-9]{5}' },",
    );
    let error = Mapping::parse("people", &kept).expect_err("refused").to_string();
    assert!(error.ends_with("belongs to another column too, and is pseudonymised"), "{error}");
}

/// As PEOPLE, with a day that every row must have, and what clerks count in below.
const LIST: &str = r#"
    source = "list"
    title = { ja = "名簿", en = "List" }
    table = "cases"
    mode = "snapshot"
    namespace = "people"
    rhythm = { calendar = "once" }
    constants = { disease = "covid-19" }
    column = [
      { headings = ["地区"], privacy = "coarsen", field = "district", type = "district", table = "districts" },
      { headings = ["番号"], privacy = "pseudonymise", field = "subject", type = "id", pattern = '[0-9]{5}', expected = true, required = true },
      { headings = ["氏名"] },
      { headings = ["公表日"], privacy = "keep", field = "published_day", type = "date", required = true },
      { headings = ["年齢"], privacy = "coarsen", field = "age", type = "age" },
      { headings = ["性別"], privacy = "keep", field = "sex", type = "code", codes = { M = ["男", "1"], F = ["女", "2"] } },
    ]
"#;

const LISTED: &str = "地区,番号,氏名,公表日,年齢,性別\n";

/// A total in a list of people is no person, wherever it stands: it is left out and named.
#[test]
fn totals_in_a_list_of_people_are_left_out_and_named() {
    let list = mapped(LIST);
    let person = |n: u32| format!("芝,{n:05},架空 太郎,2021-03-01,41,男\n");
    let rows = |total: &str| {
        let block: String = (0..3).map(person).collect();
        let more: String = (3..6).map(person).collect();
        format!("{LISTED}{total}\n{block}{total}\n{more}{total}\n")
    };
    let good = [(2, Why::Total), (6, Why::Total), (10, Why::Total)].to_vec();
    for total in [
        "合計,,,,,",
        "合計,,,,6,",
        ",合計,,,6,",
        ",小計,,,3名,",
        "芝,小計,,,3,",
        "小計,,,,,3",
        "小計（芝）,,,3,,",
        "芝地区 小計,,,,,3人",
        "総計,,6,,,",
        "計,,,,12,",
        "男性計,,,,,25",
        "【合計】,,,,,\"1,234\"",
        "合計6名,,,,,",
        "Total,,,,6,",
        // Fewer cells than the header, as people type them.
        "合計,6",
        "　小　計　,,,,3,-",
        "合計,,,小計,,",
        "合計,1234,,,,",
    ] {
        assert_eq!(left_out(&list, &rows(total)), (good.clone(), 0), "{total}");
    }
    // What says the same and is, or may be, a person or has a day is held back as ever.
    for row in [
        "計,,架空 太郎,,41,男",
        "計,,太郎,,,",
        "合計,,,2021-03-01,,",
        "小計,,,2021-03-01,3,",
        ",計,,2021-03-01,41,男",
        ",合計,,,41,男",
        ",,合計,,,男",
        "芝,,合計,,3,",
        "合計,,,,20代,",
        "合計,,,,,090-1234-5678",
        ",合計,,,,123456789018",
        "合計,12345,,,,",
        "時計,,,,,",
    ] {
        let (rows, held) = left_out(&list, &rows(row));
        assert_eq!((rows, held), (vec![], 3), "{row}");
    }
    // With an id and a day it is a person, whatever else it says.
    assert_eq!(left_out(&list, &rows("合計,99999,計,2021-03-01,,計")), (vec![], 0));
}

/// A list without ids: a total that would be let through, because no cell must be there, is no person either.
#[test]
fn totals_in_a_list_without_ids_are_left_out() {
    let text = LIST.replace("namespace = \"people\"", "").replace(
        "privacy = \"pseudonymise\", field = \"subject\", type = \"id\", pattern = '[0-9]{5}', expected = true, required = true }",
        "privacy = \"drop\" }",
    );
    let optional = text.replace("type = \"date\", required = true", "type = \"date\", expected = true");
    for mapping in [text, optional] {
        let list = mapped(&mapping);
        let rows = format!(
            "{LISTED},1,架空 太郎,2021-03-01,41,男\n合計,,,,1,\n,2,計 花子,2021-03-02,,女\n合計,,,,,2\n"
        );
        let (rows, held) = left_out(&list, &rows);
        assert_eq!((rows, held), (vec![(3, Why::Total), (5, Why::Total)], 0));
        let rows = format!("{LISTED}計,,花子,,,\n合計,,,2021-03-01,,\n");
        assert_eq!(left_out(&list, &rows).0, []);
    }
}

/// A row of a list of people of which no cell has a value is nobody: it is never taken for a person without a word.
#[test]
fn a_row_without_any_value_is_no_person() {
    let list = r#"
        source = "list"
        title = { ja = "名簿", en = "List" }
        table = "cases"
        mode = "snapshot"
        rhythm = { calendar = "once" }
        constants = { disease = "covid-19", channel = "open_data" }
        column = [
          { headings = ["番号"] },
          { headings = ["氏名"] },
          { headings = ["公表日"], privacy = "keep", field = "published_day", type = "date", expected = true },
          { headings = ["備考"] },
          { headings = ["性別"], privacy = "keep", field = "sex", type = "code", codes = { M = ["男", "1"], F = ["女", "2"] } },
          { headings = ["年齢"], privacy = "coarsen", field = "age", type = "age" },
        ]
    "#;
    let list = mapped(list);
    let people = "1,架空 太郎,2021-03-01,,男,41\n2,架空 花子,,,女,\n";
    let rows = |row: &str| {
        let text = format!("番号,氏名,公表日,備考,性別,年齢\n{people}{row}\n{people}{row}\n");
        let (left, held) = left_out(&list, &text);
        (left, held, told(&list, &text).0)
    };
    for (row, why) in [
        (",,,計,,", Why::Total),
        ("全体,,,,,2", Why::Total),
        ("再掲,,,,,", Why::Total),
        ("Total,,,,,2", Why::Total),
        ("合計 18名,,,男性 7名,女性 11名,1名", Why::Total),
        ("（出典）保健所,,,,,", Why::NoValue),
        ("3,,,,,", Why::NoValue),
        (",架空 三郎,,,,", Why::NoValue),
        (",,,男女の別は別表,,", Why::NoValue),
    ] {
        assert_eq!(rows(row), (vec![(4, why), (7, why)], 0, 4), "{row}");
    }
    // Something is said there: it is held back, with its reason.
    for row in ["3,,,,非公表,調査中", "3,,不明,,,", "3,架空 三郎,x,,,"] {
        assert_eq!(rows(row), (vec![], 2, 4), "{row}");
    }
    let text = format!("番号,氏名,公表日,備考,性別,年齢\n{people}3,,,,非公表,\n");
    assert_eq!(told(&list, &text).1, [fault(4, "", FaultKind::Missing)]);
    // One value makes a person, and so does a month.
    for row in ["3,,3月,,,", "3,,,,男,", "3,,,,,65歳以上"] {
        assert_eq!(rows(row), (vec![], 0, 6), "{row}");
    }
}

/// A list with ids: totals whose figures say whose they are, and what closes the list, are left out and named.
#[test]
fn rows_at_the_foot_of_a_list_with_ids_are_left_out() {
    let list = mapped(PEOPLE);
    let people = "番号,公表日,性別\n00123,2021-03-01,1\n00124,2021-03-01,2\n";
    for (rows, named) in [
        ("総計,男5,女7\n", vec![(4, Why::Total)]),
        ("総数,12,\n", vec![(4, Why::Total)]),
        ("以上,,\n", vec![(4, Why::Foot)]),
        ("以上,,\n総計,男5,女7\n", vec![(4, Why::Foot), (5, Why::Total)]),
        ("総計,男5,女7\n以上,,\n（出典）保健所,,\n", vec![(4, Why::Total), (5, Why::Foot), (6, Why::Foot)]),
    ] {
        assert_eq!(left_out(&list, &format!("{people}{rows}")), (named, 0), "{rows}");
    }
}

/// A total costs a list of people nothing: neither the share of bad rows nor who is withdrawn.
#[test]
fn a_list_with_totals_is_taken() {
    let ours = House::new();
    let header = "HER-SYS ID,疾病名,当該者の類型,届出経路,管轄区分,区民,性別,年齢,住所,報告年月日,受理日時\n";
    let person = |n: u32| {
        format!(
            "{},新型コロナウイルス感染症,患者（確定例）,HER-SYS,管内,○,女,52,港区芝公園,2026-10-01,2026-10-01 11:00\n",
            810_000 + n
        )
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("hersys_20261001-20261003_20261004T060000.csv");
    let text = format!("{header}{}{}小計,,,,,,,2,,,\n{}合計,,,,,,,3,,,\n", person(1), person(2), person(3));
    std::fs::write(&path, text).expect("written");
    let receipt = ours.deliver("her-sys-cases", &path);
    assert_eq!(receipt.outcome, Outcome::Accepted, "{receipt:?}");
    assert_eq!((receipt.rows, receipt.quarantined, receipt.opened), (3, 0, 3));
    let total = |row| LeftOut { row, why: Why::Total };
    assert_eq!(receipt.left_out, [total(4), total(6)]);
}

/// A row of totals without any value says nothing: it is named, and is not "unchanged".
#[test]
fn rows_without_any_value_are_left_out_and_named() {
    let mapping = survey();
    let rows = "01,県,2025-01-13,1\n02,県,2025-01-13,\n03,県,2025-01-13,非公表\n04,県,2025-01-13,x人\n";
    let (left, held) = left_out(&mapping, &format!("{HEAD}{rows}"));
    assert_eq!((left, held), (vec![(3, Why::NoValue), (4, Why::NoValue), (5, Why::NoValue)], 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever else its row says, nobody with an id is left out with a table's foot.
    #[test]
    fn nobody_is_left_out_with_the_foot(
        rows in proptest::collection::vec(
            ("[0-9]{5}|[0-9]{3}|合計|※1|", "2021-03-0[1-9]|合計|", "01|02|計|全国|"),
            1..12,
        ),
    ) {
        let mut text = "番号,公表日,性別\n".to_owned();
        for (id, day, sex) in &rows {
            let _ = writeln!(text, "{id},{day},{sex}");
        }
        let (facts, faults, left_out) = told(&mapped(PEOPLE), &text);
        let blank = |row: &&(String, String, String)| row.0.is_empty() && row.1.is_empty() && row.2.is_empty();
        let filled = rows.iter().filter(|row| !blank(row)).count();
        prop_assert_eq!(facts + faults.len() + left_out.len(), filled);
        for row in left_out {
            let (id, day, sex) = &rows[row as usize - 2];
            let nothing_known = !day.starts_with("2021") && !["01", "02"].contains(&sex.as_str());
            let note = id == "※1" && day.is_empty() && sex.is_empty();
            let total = nothing_known && (id == "合計" || id.is_empty());
            prop_assert!(note || total, "{id},{day},{sex}");
        }
    }
}
