//! Forms that are meant to hurt, or are just very large.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rasoat_instrument::{Context, Session};
use rasoat_xlsform::{Files, Form, read_csv, read_xlsx, write_csv};

use crate::fixtures::written;
use crate::workbooks::workbook;

const SETTINGS: &str = "form_title,form_id,version,default_language\nPhiếu,form,1,vi\n";

fn problems(survey: &str, choices: &str) -> Vec<String> {
    read_csv(survey, choices, SETTINGS).err().unwrap_or_default().iter().map(written).collect()
}

/// Far more than any of this takes on a slow and busy machine, and far less than it would with a mistake.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_hundred_thousand_rows_are_refused_soon() {
    let begun = Instant::now();
    let mut survey = "type,name,label::vi\n".to_owned();
    for row in 0..100_000 {
        let _ = writeln!(survey, "text,q{row},Câu {row}");
    }
    assert_eq!(problems(&survey, ""), ["survey 10002 : too_many_rows 10000"]);
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
}

#[test]
fn ten_thousand_columns_are_refused() {
    let header = (0..10_000).map(|column| format!("column{column}")).collect::<Vec<_>>().join(",");
    let found = problems(&format!("type,name,label::vi,{header}\ntext,a,A\n"), "");
    assert!(found.contains(&"survey 1 : too_many_columns".to_owned()), "{found:?}");
    let wide = format!("list_name,name,label::vi\nl,a,A{}\n", ",".repeat(9_000) + "x");
    let found = problems("type,name,label::vi\ntext,a,A\n", &wide);
    assert_eq!(found, ["choices 2 : too_many_columns"]);
}

#[test]
fn thirty_thousand_choices_are_read_within_a_second() {
    let mut choices = "list_name,name,label::vi,label::en,commune\n".to_owned();
    for row in 0..30_000 {
        let _ = writeln!(choices, "villages,v{row},Thôn {row},Village {row},c{}", row % 300);
    }
    let survey =
        "type,name,label::vi,label::en,choice_filter\nselect_one villages,v,Thôn,Village,commune = 'c1'\n";
    // The best of some tries: other tests run on the same machine.
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let begun = Instant::now();
        let form = read_csv(survey, &choices, SETTINGS).unwrap_or_else(|problems| panic!("{problems:#?}"));
        best = best.min(begun.elapsed());
        assert_eq!(form.lists.get("villages").map(|list| list.len()), Some(30_000));
    }
    assert!(best < Duration::from_secs(1), "{best:?}");
}

#[test]
fn huge_cells_are_refused_by_their_place() {
    let huge = "a".repeat(40_000);
    let found = problems(&format!("type,name,label::vi\ntext,a,{huge}\n"), "");
    assert_eq!(found, ["survey 2 label::vi: cell_too_long"]);
    // As long as Excel lets them be, in letters beyond ASCII.
    let long = "ệ".repeat(32_767);
    assert_eq!(problems(&format!("type,name,label::vi\ntext,a,{long}\n"), ""), [] as [&str; 0]);
    let found = problems("type,name,label::vi\ntext,a,A\u{b}B\n", "");
    assert_eq!(found, ["survey 2 label::vi: bad_character \\u{b}"]);
}

#[test]
fn a_text_that_would_fill_the_memory_is_refused() {
    let too_large = " ".repeat((32 << 20) + 1);
    assert_eq!(problems("type,name,label::vi\ntext,a,A\n", &too_large), ["choices 1 : too_large"]);
    let mut sparse = format!(
        "list_name,name,label::vi{}\n",
        (0..490).fold(String::new(), |mut all, column| {
            let _ = write!(all, ",c{column}");
            all
        })
    );
    sparse.push_str(&"l,a,A\n".repeat(200_000));
    let found = problems("type,name,label::vi\ntext,a,A\n", &sparse);
    assert!(found.iter().any(|problem| problem.ends_with("too_large")), "{:?}", found.first());
}

#[test]
fn a_sheet_of_one_mistake_is_not_repeated_without_end() {
    let survey = format!("type,name,label::vi\n{}", "video,a,A\n".repeat(9_000));
    let found = problems(&survey, "");
    assert_eq!(found.len(), 2_001);
    assert_eq!(found.first().map(String::as_str), Some("workbook 1 : too_many_problems"));
}

#[test]
fn a_large_form_whose_questions_all_hang_together_is_read() {
    let begun = Instant::now();
    let mut survey = "type,name,label::vi,relevant,calculation\ninteger,first,Đầu,,\n".to_owned();
    for row in 0..4_000 {
        let before = if row == 0 { "first".to_owned() } else { format!("q{}", row - 1) };
        let _ = writeln!(survey, "calculate,q{row},,${{first}} > 0,${{{before}}} + 1");
    }
    assert_eq!(problems(&survey, ""), [] as [&str; 0]);
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
}

#[test]
fn circles_of_any_length_are_named() {
    let mut survey = "type,name,label::vi,calculation\n".to_owned();
    for row in 0..2_000 {
        let _ = writeln!(survey, "calculate,q{row},,${{q{}}} + 1", (row + 1) % 2_000);
    }
    let found = problems(&survey, "");
    assert_eq!(found.len(), 2_000);
    assert!(found.iter().all(|problem| problem.contains("cycle")), "{found:?}");
}

#[test]
fn a_repeat_a_billion_times_long_opens() {
    let survey = "type,name,label::vi,repeat_count\nbegin repeat,r,R,1000000000\ntext,a,A,\nend repeat,,,\n";
    let form = read_csv(survey, "", SETTINGS).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let now = "2026-11-25T10:00:00.000+07:00".parse().expect("a moment");
    let context = Context { now, username: String::new(), device: String::new(), seed: 1 };
    let begun = Instant::now();
    let session = Session::open(Arc::new(form), BTreeMap::new(), context);
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    drop(session);
}

#[test]
fn a_zip_that_unpacks_without_end_is_refused() {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut bytes);
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("xl/workbook.xml", options).expect("a part");
    zip.write_all(b"<workbook/>").expect("its bytes");
    zip.start_file("xl/worksheets/sheet1.xml", options).expect("a part");
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..300 {
        zip.write_all(&zeros).expect("its bytes");
    }
    zip.finish().expect("the zip");
    let found = read_xlsx(&bytes.into_inner(), &Files::new()).err().unwrap_or_default();
    assert_eq!(found.iter().map(written).collect::<Vec<_>>(), ["workbook 1 : zip_bomb"]);
}

#[test]
fn a_cell_at_the_far_corner_takes_no_memory() {
    let mut workbook = workbook(|sheet| {
        for (column, cell) in (0..).zip(["type", "name", "label::vi"]) {
            sheet.write(0, column, cell)?;
        }
        sheet.write(1_048_575, 16_383, "x")?;
        Ok(())
    });
    let bytes = workbook.save_to_buffer().expect("the bytes");
    let found = read_xlsx(&bytes, &Files::new()).err().unwrap_or_default();
    let found: Vec<String> = found.iter().map(written).collect();
    assert_eq!(found, ["survey 1 type: no_questions", "survey 1048576 : too_many_columns"]);
}

#[test]
fn a_long_list_is_written_as_a_file_and_read_again() {
    let mut file = "code,name,label\n".to_owned();
    for row in 0..30_000 {
        let _ = writeln!(file, "{row},v{row},Thôn {row}");
    }
    let form = Form {
        survey: "type,name,label::vi\nselect_one_from_file villages.csv,v,Thôn\n".to_owned(),
        settings: SETTINGS.to_owned(),
        files: Files::from([("villages.csv".to_owned(), file.into_bytes())]),
        ..Form::default()
    };
    let definition = form.read().unwrap_or_else(|problems| panic!("{problems:#?}"));
    let written = write_csv(&definition);
    assert_eq!(written.files.keys().collect::<Vec<_>>(), ["villages.csv"]);
    let again = written.read().unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(again.lists == definition.lists);
}

#[test]
fn deep_brackets_in_an_expression_are_refused() {
    let deep = format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000));
    let found = problems(&format!("type,name,label::vi,relevant\ntext,a,A,{deep}\n"), "");
    assert_eq!(found, ["survey 2 relevant: too_deep @64"]);
}
