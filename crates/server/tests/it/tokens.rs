//! Tables page by page, for other systems.

use std::collections::BTreeSet;

use rasoat_casework::SubjectKind;
use reqwest::Client;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{
    COMMUNE, ELSEWHERE, Laptop, Server, browser, choice, hash_u128, problem_of, subject, text,
};

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// A token for households and villages of all communes, but for what `form` says; its id and what is sent.
pub(crate) async fn make_token(
    server: &Server,
    (client, csrf): &(Client, String),
    form: Json,
) -> (String, String) {
    let mut whole = json!({ "name": "Kho dữ liệu", "tables": ["households", "villages"], "communes": [],
        "citizen_ids": false, "until": "2026-12-31" });
    whole.as_object_mut().unwrap().extend(form.as_object().unwrap().clone());
    let request = client.post(server.url("/api/tokens")).header("x-rasoat-csrf", csrf);
    let response = request.json(&whole).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let shown: Json = response.json().await.unwrap();
    (shown["token"]["id"].as_str().unwrap().to_owned(), shown["secret"].as_str().unwrap().to_owned())
}

async fn read(server: &Server, secret: &str, path: &str) -> reqwest::Response {
    let request = browser().get(server.url(&format!("/api/export/{path}")));
    request.header("authorization", format!("Bearer {secret}")).send().await.unwrap()
}

async fn page(server: &Server, secret: &str, path: &str) -> Json {
    let response = read(server, secret, path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.json().await.unwrap()
}

/// All rows of a table, `limit` at a time.
async fn all(server: &Server, secret: &str, table: &str, limit: u32) -> Vec<Json> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let page = page(server, secret, &format!("{table}?limit={limit}{after}")).await;
        let found = page["rows"].as_array().unwrap();
        assert!(found.len() <= limit as usize);
        rows.extend(found.clone());
        let Some(next) = page["next"].as_str() else { return rows };
        after = format!("&after={next}");
    }
}

async fn list(server: &Server, laptop: &mut Laptop, commune: &str, code: &str, head: &str) {
    let answers = vec![
        ("household_code".to_owned(), text(code)),
        ("village_name".to_owned(), text(if code.ends_with('1') { "Bản Một" } else { "=Bản Hai" })),
        ("members.m0.full_name".to_owned(), text(head)),
        ("members.m0.relation".to_owned(), choice("head")),
        ("members.m0.citizen_id".to_owned(), text("020180001234")),
    ];
    let id = Uuid::from_u128(hash_u128(code));
    let edit = laptop.seal(subject(commune, SubjectKind::Household, id), None, answers);
    server.send(laptop, &[laptop.batch(&[edit])]).await;
}

async fn world() -> (Server, Laptop) {
    let server = Server::start().await;
    let mut here = server.enrol_in("Máy 1", COMMUNE).await;
    let mut there = server.enrol_in("Máy 2", ELSEWHERE).await;
    for number in 0..7 {
        list(&server, &mut here, COMMUNE, &format!("A-{number}"), "Nông Thị Đây").await;
        list(&server, &mut there, ELSEWHERE, &format!("B-{number}"), "Hoàng Văn Kín").await;
    }
    (server, here)
}

fn codes(rows: &[Json]) -> BTreeSet<&str> {
    rows.iter().map(|row| row["code"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_give_each_household_once_whatever_comes_in_between() {
    let (server, mut here) = world().await;
    let admin = server.officer().await;
    let (_, secret) = make_token(&server, &admin, json!({})).await;
    for limit in [1, 3, 14, 500] {
        let rows = all(&server, &secret, "households", limit).await;
        assert_eq!((rows.len(), codes(&rows).len()), (14, 14), "{limit}");
    }
    // The order of names and villages is another one now, and households came in.
    let first = page(&server, &secret, "households?limit=5").await;
    for number in 7..12 {
        list(&server, &mut here, COMMUNE, &format!("A-{number}"), "An").await;
    }
    list(&server, &mut here, COMMUNE, "A-3", "Zét").await;
    let after = first["next"].as_str().unwrap();
    let rest = page(&server, &secret, &format!("households?limit=500&after={after}")).await;
    let (first, rest) = (first["rows"].as_array().unwrap(), rest["rows"].as_array().unwrap());
    assert!(codes(first).is_disjoint(&codes(rest)));
    let seen: BTreeSet<&str> = codes(first).union(&codes(rest)).copied().collect();
    let names: Vec<String> =
        (0..7).flat_map(|number| [format!("A-{number}"), format!("B-{number}")]).collect();
    assert!(names.iter().all(|name| seen.contains(name.as_str())), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_reads_its_tables_and_communes_and_citizen_ids_where_it_says_so() {
    let (server, _) = world().await;
    let admin = server.officer().await;
    let (_, narrow) = make_token(&server, &admin, json!({ "communes": [COMMUNE] })).await;
    let rows = all(&server, &narrow, "households", 3).await;
    assert_eq!(rows.len(), 7);
    assert!(rows.iter().all(|row| row["commune_code"] == COMMUNE && row["head_name"] == "Nông Thị Đây"));
    assert!(rows.iter().all(|row| row["citizen_id"] == "020 •••• 1234"), "{}", rows[0]);
    let villages = all(&server, &narrow, "villages", 1).await;
    let names: Vec<&str> = villages.iter().map(|row| row["village"].as_str().unwrap()).collect();
    assert_eq!((names, &villages[0]["marks"]["all"]), (vec!["=Bản Hai", "Bản Một"], &json!(6)));
    let problem = problem_of(read(&server, &narrow, "communes").await).await;
    assert_eq!(problem, (403, "not_allowed".to_owned()));
    let problem = problem_of(read(&server, &narrow, "users").await).await;
    assert_eq!(problem, (404, "not_found".to_owned()));
    for wrong in ["households?after=zz", "households?after=00", "households?format=xml", "villages?after=4f"]
    {
        assert_eq!(problem_of(read(&server, &narrow, wrong).await).await.1, "unreadable", "{wrong}");
    }

    let form = json!({ "communes": [ELSEWHERE], "citizen_ids": true, "tables": ["households", "communes", "conflicts"] });
    let (_, wide) = make_token(&server, &admin, form).await;
    let rows = all(&server, &wide, "households", 100).await;
    assert!(rows.len() == 7 && rows.iter().all(|row| row["citizen_id"] == "020180001234"));
    assert!(all(&server, &wide, "conflicts", 10).await.is_empty());
    let communes = all(&server, &wide, "communes", 10).await;
    assert_eq!((communes.len(), &communes[0]["marks"]["all"]), (1, &json!(7)));

    let response = read(&server, &narrow, "households?format=csv&limit=2").await;
    let next = response.headers()["x-rasoat-next"].to_str().unwrap().to_owned();
    let written = response.text().await.unwrap();
    assert_eq!(written.lines().count(), 3);
    assert!(written.contains("'=Bản Hai") && !written.contains("020180001234"), "{written}");
    let rest = page(&server, &narrow, &format!("households?after={next}")).await;
    assert_eq!(rest["rows"].as_array().unwrap().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn pairs_are_read_page_by_page_each_once_and_only_where_both_households_are_the_tokens() {
    let server = Server::start().await;
    let mut here = server.enrol_in("Máy 1", COMMUNE).await;
    let mut there = server.enrol_in("Máy 2", ELSEWHERE).await;
    let twice = async |laptop: &mut Laptop, commune, code: &str, id: &str| {
        let answers = vec![
            ("household_code".to_owned(), text(code)),
            ("village_name".to_owned(), text("Bản Một")),
            ("members.m0.full_name".to_owned(), text("=Nông Thị Đây")),
            ("members.m0.relation".to_owned(), choice("head")),
            ("members.m0.citizen_id".to_owned(), text(id)),
        ];
        let household = Uuid::from_u128(hash_u128(code));
        let edit = laptop.seal(subject(commune, SubjectKind::Household, household), None, answers);
        server.send(laptop, &[laptop.batch(&[edit])]).await;
    };
    for number in 0..5 {
        let id = format!("02018000123{number}");
        twice(&mut here, COMMUNE, &format!("A-{number}"), &id).await;
        twice(&mut there, ELSEWHERE, &format!("B-{number}"), &id).await;
    }
    twice(&mut here, COMMUNE, "A-9", "020180001230").await;
    let admin = server.officer().await;
    let form = json!({ "tables": ["duplicates"], "citizen_ids": true });
    let (_, wide) = make_token(&server, &admin, form).await;
    let sides = |rows: &[Json]| -> BTreeSet<(String, String)> {
        let of = |row: &Json, side: &str| row[side]["code"].as_str().unwrap().to_owned();
        rows.iter()
            .map(|row| (of(row, "first"), of(row, "second")))
            .map(|(one, other)| if one < other { (one, other) } else { (other, one) })
            .collect()
    };
    let whole = all(&server, &wide, "duplicates", 100).await;
    let by_id = whole.iter().filter(|row| row["reasons"].as_array().unwrap().contains(&json!("citizen_id")));
    // Five over the border, and A-9 with both of its number.
    assert_eq!(by_id.count(), 7, "{whole:?}");
    assert!(whole.iter().all(|row| row["first"]["citizen_id"].as_str().unwrap().starts_with("02018000123")));
    for limit in [1, 2, 3] {
        let rows = all(&server, &wide, "duplicates", limit).await;
        assert_eq!((rows.len(), sides(&rows)), (whole.len(), sides(&whole)), "{limit}");
    }
    let form = json!({ "tables": ["duplicates"], "communes": [COMMUNE] });
    let (_, narrow) = make_token(&server, &admin, form).await;
    let rows = all(&server, &narrow, "duplicates", 2).await;
    assert!(sides(&rows).contains(&("A-0".to_owned(), "A-9".to_owned())), "{rows:?}");
    assert!(sides(&rows).iter().all(|(one, other)| one.starts_with('A') && other.starts_with('A')));
    assert!(rows.iter().all(|row| row["first"]["citizen_id"].as_str().unwrap().contains('•')));

    let written = read(&server, &narrow, "duplicates?format=csv&limit=1").await.text().await.unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert!(lines[0].contains("first_head_name") && lines[0].contains("second_household"), "{}", lines[0]);
    assert!(lines.len() == 2 && lines[1].contains("'=Nông Thị Đây"), "{written}");
    for wrong in ["duplicates?after=zz", "duplicates?after=31", "duplicates?after=612f62"] {
        assert_eq!(problem_of(read(&server, &wide, wrong).await).await.1, "unreadable", "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn laptops_are_read_page_by_page_where_all_their_communes_are_the_tokens() {
    let server = Server::start().await;
    for number in 0..4 {
        server.enrol_in(&format!("Máy {number}"), COMMUNE).await;
    }
    server.enrol_in("Máy xa", ELSEWHERE).await;
    let admin = server.officer().await;
    let (_, wide) = make_token(&server, &admin, json!({ "tables": ["devices"] })).await;
    let form = json!({ "tables": ["devices"], "communes": [COMMUNE] });
    let (_, narrow) = make_token(&server, &admin, form).await;
    let names = |rows: &[Json]| -> BTreeSet<String> {
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    for limit in [1, 2, 5, 500] {
        let rows = all(&server, &wide, "devices", limit).await;
        assert_eq!((rows.len(), names(&rows).len()), (5, 5), "{limit}");
        let rows = all(&server, &narrow, "devices", limit).await;
        assert_eq!((rows.len(), names(&rows).contains("Máy xa")), (4, false), "{limit}");
    }
    let rows = all(&server, &wide, "devices", 500).await;
    assert_eq!(
        (&rows[0]["program"], &rows[0]["troubles"], &rows[0]["edits"]),
        (&Json::Null, &json!([]), &json!(0))
    );
    let written = read(&server, &wide, "devices?format=csv").await.text().await.unwrap();
    let columns: Vec<&str> = written.lines().next().unwrap().split(',').collect();
    assert!(written.lines().count() == 6 && columns.contains(&"surveyor") && columns.contains(&"free_mib"));
    let problem = problem_of(read(&server, &narrow, "duplicates").await).await;
    assert_eq!(problem, (403, "not_allowed".to_owned()));
    assert_eq!(problem_of(read(&server, &wide, "devices?after=00").await).await.1, "unreadable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_with_its_last_day_or_when_it_is_revoked_and_its_days_stand_in_the_audit_log() {
    let (server, _) = world().await;
    let admin = server.officer().await;
    let (id, secret) = make_token(&server, &admin, json!({ "until": "2026-10-02" })).await;
    let (other, revoked) = make_token(&server, &admin, json!({})).await;
    for days in [0, 0, 1] {
        server.pass(days * DAY_MILLIS);
        page(&server, &secret, "households").await;
    }
    server.pass(DAY_MILLIS);
    let over = problem_of(read(&server, &secret, "households").await).await;
    assert_eq!(over, (401, "wrong_token".to_owned()));

    let admin = server.officer().await;
    page(&server, &revoked, "households").await;
    let request = admin.0.post(server.url(&format!("/api/tokens/{other}/revoke")));
    let response = request.header("x-rasoat-csrf", &admin.1).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(read(&server, &revoked, "households").await.status(), 401);

    let tokens = server.get(&admin.0, "/api/tokens").await;
    let told = |id: &str| tokens.as_array().unwrap().iter().find(|token| token["id"] == id).unwrap().clone();
    assert_eq!((&told(&id)["uses"], &told(&id)["ended"]), (&json!(3), &json!(true)));
    assert!(told(&other)["revoked_at"].is_string() && !tokens.to_string().contains(&secret[..12]));
    let request = admin.0.post(server.url("/api/audit")).header("x-rasoat-csrf", &admin.1);
    let lines: Json = request.json(&json!({ "object": id })).send().await.unwrap().json().await.unwrap();
    let acts: Vec<&str> =
        lines["lines"].as_array().unwrap().iter().map(|line| line["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["token_used", "token_used", "token_made"], "once a day");

    for until in ["2026-10-02", "2031-01-01", "nie"] {
        let form = json!({ "name": "a", "tables": ["villages"], "communes": [], "citizen_ids": false, "until": until });
        let request = admin.0.post(server.url("/api/tokens")).header("x-rasoat-csrf", &admin.1);
        let response = request.json(&form).send().await.unwrap();
        assert_eq!(problem_of(response).await, (400, "wrong_end".to_owned()), "{until}");
    }
}
