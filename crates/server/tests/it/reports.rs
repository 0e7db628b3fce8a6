//! The official tables and the targets of a province, beside an independent count of its CSV files.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use rasoat_casework::{Round, SubjectKind};
use rasoat_reports::tables::Table;
use rasoat_server::storage::KeptCases;
use rasoat_testkit::interviewer::surely_poor;
use rasoat_testkit::reviewed::Reviewer;
use serde_json::{Value as Json, json};

use crate::support::{
    Browser, Laptop, Server, done, household, interview_of, post, problem_of, subject, text,
};
use crate::support::{COMMUNE, ELSEWHERE, choice, household_id, refused};

/// Households of the province that is counted twice.
const HOUSEHOLDS: usize = 40;
const SEED: u64 = 20_261_127;
/// Where the generated villages lie.
const COMMUNES: [&str; 2] = ["06001", "06187"];

async fn table(server: &Server, who: &Browser, asked: &str) -> Json {
    server.get(&who.0, &format!("/api/reports/table?table={asked}")).await
}

/// The figures of a table by row and column; of shares their parts are figures of their own.
fn figures(table: &Json) -> BTreeMap<String, BTreeMap<String, u64>> {
    let columns: Vec<&str> =
        table["columns"].as_array().unwrap().iter().map(|column| column["key"].as_str().unwrap()).collect();
    let rows = table["rows"].as_array().unwrap().iter().map(|row| {
        let cells = row["cells"].as_array().unwrap().iter().zip(&columns);
        let counts = cells.filter(|(cell, _)| cell["of"].is_null() && cell["count"] != 0);
        let counts = counts.map(|(cell, column)| ((*column).to_owned(), cell["count"].as_u64().unwrap()));
        (row["key"].as_str().unwrap().to_owned(), counts.collect())
    });
    rows.filter(|(_, counts): &(String, BTreeMap<String, u64>)| !counts.is_empty()).collect()
}

fn total(table: &Json, column: &str) -> u64 {
    let columns = table["columns"].as_array().unwrap();
    let place =
        columns.iter().position(|one| one["key"] == column).unwrap_or_else(|| panic!("no column {column}"));
    table["total"]["cells"][place]["count"].as_u64().unwrap()
}

/// Unpacks the full data set into a folder.
async fn data_set(server: &Server, who: &Browser, folder: &Path) {
    let form = json!({ "full": true, "reason": "đối chiếu" });
    let response = post(server, who, "/api/reports/dataset", form).await;
    assert_eq!(response.status(), 200);
    let bytes = response.bytes().await.unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    zip.extract(folder).unwrap();
}

/// What the independent count makes of a year.
fn counted(folder: &Path, year: u16, living: &Json) -> Json {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/reports_count.py");
    let mut run = Command::new("python3");
    run.arg(script).arg(folder).arg(year.to_string()).arg(living.to_string());
    let output = run.output().unwrap();
    std::io::stderr().write_all(&output.stderr).unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn lock(server: &Server, who: &Browser) -> Json {
    let round = server.get(&who.0, "/api/round").await;
    done(server, who, "/api/round/term", json!({ "over": round["term_over"], "days": 90 })).await;
    done(server, who, "/api/round/lock", json!({ "over": round["over"] })).await
}

/// Every cell that is not nothing, as the independent count tells it.
fn independent(counted: &Json, name: &str) -> BTreeMap<String, BTreeMap<String, u64>> {
    let rows = counted["tables"][name].as_object().into_iter().flatten().map(|(row, columns)| {
        let cells = columns.as_object().unwrap().iter();
        let cells = cells.map(|(column, count)| {
            (column.clone(), count.as_u64().unwrap_or_else(|| u64::from(count == true)))
        });
        (row.clone(), cells.filter(|(_, count)| *count > 0).collect())
    });
    rows.filter(|(_, columns): &(String, BTreeMap<String, u64>)| !columns.is_empty()).collect()
}

async fn compare(server: &Server, who: &Browser, round: u16, counted: &Json) {
    for name in Table::ALL.map(Table::as_str) {
        let shown = figures(&table(server, who, &format!("{name}&round={round}")).await);
        assert_eq!(shown, independent(counted, name), "{name} of {round}, seed {SEED}");
        if name == Table::Ethnicity.as_str() {
            continue;
        }
        // A commune says of itself what the province says of it: of who came from another one, too.
        for commune in COMMUNES {
            let key = format!("commune.{commune}");
            let own = table(server, who, &format!("{name}&round={round}&place={key}&rows=communes")).await;
            assert_eq!(figures(&own).get(&key), shown.get(&key), "{name} of {key} in {round}, seed {SEED}");
        }
    }
    let targets = server.get(&who.0, &format!("/api/reports/targets?round={round}")).await;
    for (id, communes) in counted["targets"].as_object().unwrap() {
        let target =
            targets["targets"].as_array().unwrap().iter().find(|target| target["id"] == **id).unwrap();
        for row in target["communes"].as_array().unwrap() {
            let code = row["commune"]["code"].as_str().unwrap();
            let figure = json!([row["figure"]["numerator"], row["figure"]["denominator"]]);
            let wanted = communes.get(code).cloned().unwrap_or_else(|| json!([0, 0]));
            assert_eq!(figure, wanted, "{id} in {code} of {round}, seed {SEED}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_of_two_years_is_what_an_independent_count_of_the_csv_files_makes_it() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let laptop = server.enrol_in("Máy 01", COMMUNES[0]).await;
    let both = COMMUNES.map(|commune| commune.parse().unwrap()).into();
    assert!(server.storage().await.widen_device(laptop.enrolment.device, both).await.unwrap());
    let files = &laptop.enrolment.instruments[0];
    let form = rasoat_xlsform::read_csv(&files.survey, &files.choices, &files.settings).unwrap();
    let mut reviewer = Reviewer::new(SEED, std::sync::Arc::new(form), laptop.instrument());
    let mut first = Vec::new();
    let mut households = Vec::new();
    for _ in 0..HOUSEHOLDS {
        let (listed, line) = reviewer.listed();
        first.extend([line, reviewer.reviewed(&listed, Round(2026))]);
        households.push(listed);
    }
    let send = async |edits: &[rasoat_casework::Edit]| {
        for some in edits.chunks(20) {
            let receipts = server.send(&laptop, &[laptop.batch(some)]).await;
            assert!(receipts.iter().all(|receipt| receipt.verdicts.is_empty()), "{receipts:?}");
        }
    };
    send(&first).await;
    let mut living = BTreeMap::new();
    for commune in COMMUNES {
        let villages = server.storage().await.villages(commune.parse().unwrap()).await.unwrap();
        living.insert(commune, villages.iter().map(|village| village.households).sum::<u32>());
    }
    let living = json!(living);
    let folder = tempfile::tempdir().unwrap();
    data_set(&server, &admin, folder.path()).await;
    compare(&server, &admin, 2026, &counted(folder.path(), 2026, &living)).await;
    let locked = lock(&server, &admin).await;
    server.pass(1_000);
    let stood = table(&server, &admin, "official").await;
    done(&server, &admin, "/api/round/open", json!({ "over": locked["over"], "year": 2027 })).await;
    let second: Vec<_> = households.iter().map(|listed| reviewer.reviewed(listed, Round(2027))).collect();
    send(&second).await;
    data_set(&server, &admin, folder.path()).await;
    compare(&server, &admin, 2027, &counted(folder.path(), 2027, &living)).await;
    // What stood at the lock stands still, and every movement comes out.
    let still = table(&server, &admin, "official&round=2026").await;
    assert_eq!((&still["rows"], &still["total"]), (&stood["rows"], &stood["total"]));
    for name in ["movement_poor", "movement_near_poor"] {
        let moved = table(&server, &admin, &format!("{name}&rows=districts")).await;
        assert_eq!(moved["total"]["differences"], json!([0, 0]));
        assert!(total(&moved, "households.opening") > 0 && total(&moved, "households.closing") > 0, "{name}");
    }
    // The fall of the rate is told once there is a year before.
    let targets = server.get(&admin.0, "/api/reports/targets").await;
    assert_eq!(targets["targets"][0]["trend"].as_array().unwrap().len(), 2);
    assert_eq!(targets["targets"][0]["trend"][0]["figure"]["value"], Json::Null);
}

/// A household that is signed and poor, on a laptop in the first of these tests' communes.
async fn one(server: &Server) -> (Laptop, uuid::Uuid) {
    let mut laptop = server.enrol("Máy 01").await;
    let (of, instrument) = (household(), laptop.instrument());
    let edits = [laptop.list(&of, COMMUNE), laptop.interview(&of, instrument)];
    server.send(&laptop, &[laptop.batch(&edits)]).await;
    (laptop, household_id(&of))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_came_from_another_commune_is_told_by_the_commune_itself() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let (of, mut laptop) = (household(), server.enrol("Máy 01").await);
    let instrument = laptop.instrument();
    let edits = [laptop.list(&of, COMMUNE), laptop.interview_as(&of, instrument, &surely_poor())];
    server.send(&laptop, &[laptop.batch(&edits)]).await;
    let places = ["province".to_owned(), format!("commune.{COMMUNE}"), format!("village.{COMMUNE}.ban-thu")];
    let came = async || {
        let mut came = Vec::new();
        for place in &places {
            let moved = table(&server, &admin, &format!("movement_poor&place={place}")).await;
            came.push((total(&moved, "households.moved_in"), total(&moved, "households.closing")));
        }
        came
    };
    assert_eq!(came().await, [(0, 1); 3]);
    // The same people are on another commune's list, and are found to be here.
    let mut other = server.enrol_in("Máy 02", ELSEWHERE).await;
    let there = subject(ELSEWHERE, SubjectKind::Household, uuid::Uuid::from_u128(9));
    let answers = vec![
        ("village".to_owned(), text("ban-khac")),
        ("members.m0.full_name".to_owned(), text("Lý Thị Đến")),
        ("meta_merged_into".to_owned(), text(&household_id(&of).to_string())),
    ];
    let merged = other.seal(there, None, answers);
    server.send(&other, &[other.batch(&[merged])]).await;
    assert_eq!(came().await, [(1, 1); 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_of_a_commune_stops_nobody_who_asks_for_another() {
    let server = Server::start().await;
    let admin = server.officer().await;
    one(&server).await;
    let commune = ELSEWHERE.parse().unwrap();
    let (basis, bytes) = ([0; 32], b"no cases".to_vec());
    let kept = KeptCases { commune, number: 0, basis, feed_end: 0, made_at: 0, bytes };
    server.storage().await.put_report_cases(kept).await.unwrap();
    let own = table(&server, &admin, &format!("official&place=commune.{COMMUNE}")).await;
    assert_eq!(total(&own, "known"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_opens_its_households_and_follows_what_comes_in() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let (mut laptop, id) = one(&server).await;
    let first = table(&server, &admin, "official").await;
    assert_eq!((total(&first, "known"), total(&first, "reviewed")), (1, 1));
    let class = ["poor", "near_poor", "average", "not_poor"]
        .into_iter()
        .find(|class| total(&first, &format!("{class}.households")) == 1)
        .unwrap();
    let cell = |column: String| json!({ "report": { "table": "official" }, "row": format!("commune.{COMMUNE}"), "column": column });
    let open =
        async |column: String| done(&server, &admin, "/api/reports/table/households", cell(column)).await;
    let list = open(format!("{class}.households")).await;
    assert_eq!((&list["total"], &list["rows"][0]["household"]["id"]), (&json!(1), &json!(id.to_string())));
    let other = if class == "poor" { "not_poor" } else { "poor" };
    assert_eq!(open(format!("{other}.households")).await["total"], json!(0));
    assert_eq!(
        refused(&server, &admin, "/api/reports/table/households", cell("nothing".to_owned())).await,
        (404, "not_found".to_owned())
    );
    // Another household, and the first one is opened again.
    let new = laptop.seal(
        subject(COMMUNE, SubjectKind::Household, uuid::Uuid::from_u128(7)),
        None,
        vec![
            ("village".to_owned(), text("ban-thu")),
            ("members.m0.full_name".to_owned(), text("Lý Thị Mới")),
        ],
    );
    let again = laptop.seal(
        interview_of(id),
        Some(laptop.instrument()),
        vec![("meta_state".to_owned(), choice("started"))],
    );
    server.send(&laptop, &[laptop.batch(&[new, again])]).await;
    // Several ask at once while it is counted anew: each is answered.
    let then = tokio::join!(
        table(&server, &admin, "official"),
        table(&server, &admin, "official"),
        table(&server, &admin, "official"),
        table(&server, &admin, "groups")
    );
    let then = then.2;
    assert_eq!(total(&then, "known"), 2);
    assert_eq!(then["doubts"]["unreviewed"].as_u64().unwrap() + total(&then, "reviewed"), 2);
    // By village, former district and place.
    let villages = table(&server, &admin, &format!("official&rows=villages&place=commune.{COMMUNE}")).await;
    let row = villages["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["key"] == format!("village.{COMMUNE}.ban-thu"));
    assert_eq!(row.unwrap()["cells"][1]["count"], json!(2));
    let district = table(&server, &admin, "official&rows=districts&place=district.178").await;
    assert_eq!((total(&district, "known"), district["rows"].as_array().unwrap().len()), (2, 1));
    for nowhere in [
        "official&place=district.999",
        "official&round=2020",
        "official&standard=7",
        "nothing",
        "official&lock=99",
    ] {
        let path = format!("/api/reports/table?table={nowhere}");
        let problem = problem_of(admin.0.get(server.url(&path)).send().await.unwrap()).await;
        assert_eq!(problem, (404, "not_found".to_owned()), "{nowhere}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_village_is_a_place_of_tables_targets_and_measures_like_any_other() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let (mut laptop, id) = one(&server).await;
    let fields = vec![
        ("village".to_owned(), text("khe-sau")),
        ("members.m0.full_name".to_owned(), text("Lý Thị Khe")),
    ];
    let elsewhere = subject(COMMUNE, SubjectKind::Household, uuid::Uuid::from_u128(9));
    let other = laptop.seal(elsewhere, None, fields);
    server.send(&laptop, &[laptop.batch(&[other])]).await;
    let place = |village: &str| format!("village.{COMMUNE}.{village}");
    let of =
        async |village: &str| table(&server, &admin, &format!("official&place={}", place(village))).await;
    let here = of("ban-thu").await;
    assert_eq!(here["of"]["place"], json!({ "key": place("ban-thu"), "name": "Bản Thử" }));
    assert_eq!((&here["of"]["rows_by"], here["rows"].as_array().unwrap().len()), (&json!("villages"), 1));
    assert_eq!(here["rows"][0]["key"], json!(place("ban-thu")));
    assert_eq!((total(&here, "known"), total(&here, "all_households")), (1, 60));
    assert_eq!(total(&of("khe-sau").await, "known"), 1);
    assert_eq!(total(&table(&server, &admin, "official").await, "known"), 2);
    // The households behind its figures are its own.
    let cell = json!({ "report": { "table": "official", "place": place("ban-thu") }, "column": "known" });
    let list = done(&server, &admin, "/api/reports/table/households", cell).await;
    assert_eq!((&list["total"], &list["rows"][0]["household"]["id"]), (&json!(1), &json!(id.to_string())));
    let measured = server.get(&admin.0, &format!("/api/reports/poverty?place={}", place("ban-thu"))).await;
    assert_eq!(
        (&measured["total"]["households"], &measured["place"]["name"]),
        (&json!(1), &json!("Bản Thử"))
    );
    let tried = done(&server, &admin, "/api/reports/what-if", json!({ "place": place("khe-sau") })).await;
    assert_eq!(tried["flows"], json!([]), "nobody signed there");
    let targets = server.get(&admin.0, &format!("/api/reports/targets?place={}", place("ban-thu"))).await;
    assert_eq!(targets["shares"][0]["both"]["denominator"], json!(60));
    for wrong in [place("khong-co"), "village.05977".to_owned(), "village.99999.ban-thu".to_owned()] {
        let url = server.url(&format!("/api/reports/table?place={wrong}"));
        assert_eq!(admin.0.get(url).send().await.unwrap().status(), 404, "{wrong}");
    }
    // As it stood at a lock, measures too: the lock alone says its round.
    lock(&server, &admin).await;
    let locked = server.get(&admin.0, "/api/reports").await;
    let number = locked["rounds"][0]["locks"][0]["number"].as_u64().unwrap();
    let stood = server.get(&admin.0, &format!("/api/reports/poverty?lock={number}")).await;
    assert_eq!((&stood["lock"], &stood["round"]), (&json!(number), &json!(2026)));
    let tried = done(&server, &admin, "/api/reports/what-if", json!({ "round": 2026, "lock": number })).await;
    assert_eq!(tried["lock"], json!(number));
    let none = json!({ "round": 2025 });
    assert_eq!(refused(&server, &admin, "/api/reports/what-if", none).await, (404, "not_found".to_owned()));
}
