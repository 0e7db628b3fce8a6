//! Tables of the report as files, and the households behind a figure as a table.

use rasoat_casework::{Edit, SubjectKind};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{COMMUNE, Laptop, Server, choice, post, refused, subject, text};

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
