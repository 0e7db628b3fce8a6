//! Tables of the report as files, and the households behind a figure as a table.

use rasoat_casework::{Edit, SubjectKind};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{Browser, COMMUNE, Laptop, Server, choice, post, refused, subject, text};

const HOUSEHOLDS: u128 = 3;

fn listed(laptop: &mut Laptop, number: u128) -> Edit {
    let fields = vec![
        ("village_name".to_owned(), text("Bản Thử")),
        ("members.m0.full_name".to_owned(), text(&format!("Hộ {number}"))),
        ("members.m0.relation".to_owned(), choice("head")),
    ];
    laptop.seal(subject(COMMUNE, SubjectKind::Household, Uuid::from_u128(number)), None, fields)
}

async fn with_households() -> Server {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let edits: Vec<Edit> = (1..=HOUSEHOLDS).map(|number| listed(&mut laptop, number)).collect();
    server.send(&laptop, &[laptop.batch(&edits)]).await;
    server
}

/// What a page asks a file with: as many headings as there are columns.
fn form(columns: usize, xlsx: bool) -> Json {
    let headings: Vec<Json> =
        (0..columns).map(|number| json!({ "group": "Nhóm", "name": format!("Cột {number}") })).collect();
    json!({
        "report": { "table": "official", "rows": "communes" }, "xlsx": xlsx, "above": ["Kết quả"], "first": "Xã",
        "columns": headings, "nobody": "không có đối tượng", "names": { "total": "Tổng" },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_a_file_in_the_words_of_whoever_asks_and_noted() {
    let server = with_households().await;
    let admin = server.officer().await;
    let table = server.get(&admin.0, "/api/reports/table?table=official").await;
    let columns = table["columns"].as_array().unwrap().len();
    let csv = post(&server, &admin, "/api/reports/table/file", form(columns, false)).await;
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    let text = csv.text().await.unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("\u{feff}Xã,Nhóm: Cột 0,"));
    assert!(lines[1].contains(",3,"), "{text}");
    assert!(lines.last().unwrap().starts_with("Tổng,"));
    let workbook = post(&server, &admin, "/api/reports/table/file", form(columns, true)).await;
    assert!(workbook.bytes().await.unwrap().starts_with(b"PK"));
    let refusal = refused(&server, &admin, "/api/reports/table/file", form(columns - 1, false)).await;
    assert_eq!(refusal, (400, "unreadable".to_owned()));
    let audit = post(&server, &admin, "/api/audit", json!({})).await.text().await.unwrap();
    assert!(audit.contains("exported"), "{audit}");
}

/// What an answer that says how far the file is consists of: its lines, and the bytes behind the last one.
fn told(answer: &[u8]) -> (Vec<Json>, &[u8]) {
    let (mut lines, mut rest): (Vec<Json>, &[u8]) = (Vec::new(), answer);
    while lines.last().is_none_or(|line| line["done"].is_number()) {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap();
        lines.push(serde_json::from_slice(&rest[..end]).unwrap());
        rest = &rest[end + 1..];
    }
    (lines, rest)
}

async fn post_told(server: &Server, who: &Browser, path: &str, body: Json) -> Vec<u8> {
    let request = who.0.post(server.url(path)).header("x-rasoat-csrf", &who.1);
    let request = request.header("accept", "application/vnd.rasoat.progress").json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/vnd.rasoat.progress", "{path}");
    assert_eq!(response.headers()["cache-control"], "no-store");
    response.bytes().await.unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_says_how_far_it_is_to_whoever_asks_and_is_the_same() {
    let server = with_households().await;
    let admin = server.officer().await;
    let table = server.get(&admin.0, "/api/reports/table?table=official").await;
    let table = form(table["columns"].as_array().unwrap().len(), false);
    let targets = json!({ "of": {}, "language": "vi", "above": ["Chỉ tiêu"] });
    let poverty = json!({ "form": {}, "language": "vi" });
    let what_if = json!({ "form": { "before": 0, "after": 1 } });
    for (path, body) in [
        ("/api/reports/table/file", table.clone()),
        ("/api/reports/targets/file", targets),
        ("/api/reports/poverty/export", poverty),
        ("/api/reports/what-if/export", what_if),
    ] {
        let plain = post(&server, &admin, path, body.clone()).await;
        let media = plain.headers()["content-type"].to_str().unwrap().to_owned();
        let plain = plain.bytes().await.unwrap();
        let answer = post_told(&server, &admin, path, body).await;
        let (lines, bytes) = told(&answer);
        let file = &lines.last().unwrap()["file"];
        assert_eq!((&file["media"], &file["bytes"]), (&json!(media), &json!(plain.len())), "{path}");
        assert_eq!(bytes, plain, "{path}");
    }
    // What is refused is refused in the answer too, with its status.
    let mut wrong = table;
    wrong["report"]["place"] = json!("commune.99999");
    let answer = post_told(&server, &admin, "/api/reports/table/file", wrong).await;
    let (lines, rest) = told(&answer);
    let problem = json!({ "problem": { "code": "not_found", "params": {}, "status": 404 } });
    assert_eq!((lines, rest), (vec![problem], &[][..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_are_a_file_of_their_figures_parts_communes_and_rounds() {
    let server = with_households().await;
    let admin = server.officer().await;
    let words = json!({ "met.no": "Chưa đạt", "value.nobody": "không có đối tượng", "value.not_counted": "Không tính từ hộ",
        "confidence.unverified": "Chưa kiểm chứng", "targets": "Mục tiêu", "communes": "Theo xã" });
    let form = |xlsx: bool| {
        json!({ "of": {}, "xlsx": xlsx, "language": "vi", "above": ["Nghị quyết 47", "Toàn tỉnh"],
        "below": ["Tạm tính"], "words": words })
    };
    let view = server.get(&admin.0, "/api/reports/targets").await;
    let csv = post(&server, &admin, "/api/reports/targets/file", form(false)).await.text().await.unwrap();
    let mut rows = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<Vec<String>> =
        rows.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let targets = view["targets"].as_array().unwrap();
    let of = |kind: &str| rows.iter().filter(|row| row[2] == format!("of.{kind}")).count();
    let sum =
        |list: &str| -> usize { targets.iter().map(|target| target[list].as_array().unwrap().len()).sum() };
    assert_eq!((of("whole"), of("part")), (targets.len(), sum("parts")));
    assert_eq!((of("commune"), of("round")), (sum("communes"), sum("trend")));
    assert!(sum("parts") > 0 && sum("communes") > 0 && sum("trend") > 0);
    let whole = |id: &str| rows.iter().find(|row| row[0] == id && row[2] == "of.whole").unwrap();
    // R13 is not counted of households; of nobody there is no value.
    assert_eq!(&whole("R13")[4..7], ["", "", "Không tính từ hộ"]);
    let nobody =
        targets.iter().find(|one| one["counted"] == true && one["figure"]["denominator"] == 0).unwrap();
    assert_eq!(whole(nobody["id"].as_str().unwrap())[6], "không có đối tượng");
    let book = post(&server, &admin, "/api/reports/targets/file", form(true)).await.bytes().await.unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(book)).unwrap();
    let names = calamine::Reader::sheet_names(&book);
    assert_eq!(names, ["Mục tiêu", "parts", "Theo xã", "rounds", "shares"]);
    let sheet = calamine::Reader::worksheet_range_at(&mut book, 0).unwrap().unwrap();
    let text = |row, column| sheet.get_value((row, column)).map(ToString::to_string).unwrap_or_default();
    let (end, _) = sheet.end().unwrap();
    let ids: Vec<String> = (5..end).map(|row| text(row, 0)).filter(|id| id.starts_with('R')).collect();
    assert_eq!(ids.len(), targets.len());
    assert_eq!(
        (text(0, 0), text(1, 0), text(2, 0)),
        ("Nghị quyết 47".into(), "Toàn tỉnh".into(), "Mục tiêu".into())
    );
    assert_eq!(text(end, 0), "Tạm tính");
    let audit = post(&server, &admin, "/api/audit", json!({})).await.text().await.unwrap();
    assert!(audit.contains("targets"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_households_behind_a_figure_are_a_table() {
    let server = with_households().await;
    let admin = server.officer().await;
    let cell = |column: &str| {
        json!({
            "columns": [{ "code": "head_name", "heading": "Chủ hộ" }],
            "cell": { "report": { "table": "official", "rows": "communes" }, "row": format!("commune.{COMMUNE}"), "column": column },
        })
    };
    let known =
        post(&server, &admin, "/api/exports/report_households", cell("known")).await.text().await.unwrap();
    assert_eq!(known, "\u{feff}Chủ hộ\nHộ 1\nHộ 2\nHộ 3\n");
    let reviewed = post(&server, &admin, "/api/exports/report_households", cell("reviewed")).await;
    assert_eq!(reviewed.text().await.unwrap(), "\u{feff}Chủ hộ\n");
    let none = refused(&server, &admin, "/api/exports/report_households", cell("no_such_column")).await;
    assert_eq!(none, (404, "not_found".to_owned()));
    let bare = json!({ "columns": [{ "code": "head_name", "heading": "Chủ hộ" }] });
    let none = refused(&server, &admin, "/api/exports/target_households", bare).await;
    assert_eq!(none, (400, "unreadable".to_owned()));
}
