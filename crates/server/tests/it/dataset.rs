//! All interviews as tables for statisticians.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use rasoat_casework::fold;
use rasoat_server::{NewAccount, add_account, view::Role};
use rasoat_testkit::Household;
use serde_json::{Value as Json, json};

use crate::support::{
    Browser, COMMUNE, ELSEWHERE, Laptop, Server, browser, choice, done, household_id, interview_of, post,
    refused, text,
};

const PATH: &str = "/api/reports/dataset";
/// What people typed, to be found in no pseudonymised file.
const TYPED: [(&str, &str); 5] = [
    ("household_code", "HO-BI-MAT-7"),
    ("address", "Ngõ Kín, cạnh cây đa"),
    ("phone", "0911 222 333"),
    ("members.m0.insurance_number", "HN2202099887766"),
    ("surveyor_remark", "Ông Bí Mật hay vắng nhà"),
];

type Tables = BTreeMap<String, String>;

async fn supervisor(server: &Server, commune: &str) -> Browser {
    let communes = [commune.parse().unwrap()].into();
    let new = NewAccount { name: "phu trach".to_owned(), role: Role::Supervisor, communes };
    let first = add_account(&server.state, new).await.unwrap();
    let client = browser();
    let session: Json = server.log_in(&client, "phu trach", &first).await.json().await.unwrap();
    let who = (client, session["csrf"].as_str().unwrap().to_owned());
    let form = json!({ "old": &*first, "new": "ba con suối chảy xuôi" });
    let session = done(server, &who, "/api/account/password", form).await;
    (who.0, session["csrf"].as_str().unwrap().to_owned())
}

/// Interviews of some households, with much that was typed.
async fn interviewed(server: &Server, laptop: &mut Laptop, households: &[Household]) {
    for household in households {
        let (list, instrument) = (laptop.list(household, COMMUNE), laptop.instrument());
        let interview = laptop.interview(household, instrument);
        let typed = TYPED.map(|(path, words)| (path.to_owned(), text(words))).into_iter();
        let answers = typed.chain([("dwelling_tenure".to_owned(), choice("own"))]).collect();
        let seen = fold([&interview]).version;
        let more = laptop.seal_seeing(interview_of(household_id(household)), Some(instrument), answers, seen);
        server.send(laptop, &[laptop.batch(&[list, interview, more])]).await;
    }
}

fn unpacked(bytes: &[u8]) -> Tables {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let count = zip.len();
    let read = |at: usize| {
        let mut file = zip.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        (file.name().to_owned(), text)
    };
    (0..count).map(read).collect()
}

async fn bytes(server: &Server, who: &Browser, form: Json) -> Vec<u8> {
    let response = post(server, who, PATH, form).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/zip");
    response.bytes().await.unwrap().to_vec()
}

async fn tables(server: &Server, who: &Browser, form: Json) -> Tables {
    unpacked(&bytes(server, who, form).await)
}

/// Rows by the columns' names.
fn rows(tables: &Tables, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(tables[name].trim_start_matches('\u{feff}').as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn people() -> Vec<Household> {
    let all = rasoat_testkit::households(2026).into_iter();
    all.filter(|household| household.head().citizen_id.is_some()).take(4).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn interviews_go_out_under_other_names_with_every_number_labelled_and_nothing_that_was_typed() {
    let mut server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let people = people();
    interviewed(&server, &mut laptop, &people).await;
    let words = json!({ "variable.area": { "vi": "Khu vực", "en": "Area" }, "flag.yes": { "vi": "có", "en": "yes" } });
    let tables = tables(&server, &admin, json!({ "words": words })).await;
    let files: Vec<&str> = tables.keys().map(String::as_str).collect();
    let expected = [
        "codebook.csv",
        "codebook_values.csv",
        "contents.csv",
        "households.csv",
        "members.csv",
        "spss_en.sps",
        "spss_vi.sps",
        "stata_en.do",
        "stata_vi.do",
    ];
    assert_eq!(files, expected);
    let households = rows(&tables, "households.csv");
    assert_eq!(households.len(), people.len());
    let members = rows(&tables, "members.csv");
    assert_eq!(members.len(), people.iter().map(|household| household.members.len()).sum::<usize>());
    let known: BTreeSet<&String> = households.iter().map(|row| &row["household"]).collect();
    assert_eq!(known.len(), people.len());
    assert!(members.iter().all(|row| known.contains(&row["household"]) && row["birth_year"].len() == 4));
    assert!(
        households
            .iter()
            .all(|row| row["commune"] == COMMUNE && row["village"] == "ban-thu" && row["round"] == "2026")
    );
    assert!(households.iter().all(|row| row["state"] == "2" && !row["deprived_vn_2022_2026"].is_empty()));

    // Every number in the data has its words.
    let values = rows(&tables, "codebook_values.csv");
    let coded: BTreeSet<&String> = rows(&tables, "codebook.csv")
        .iter()
        .filter(|row| ["code", "flag"].contains(&row["type"].as_str()))
        .map(|row| {
            values
                .iter()
                .find(|value| value["variable"] == row["variable"])
                .map(|value| &value["variable"])
                .unwrap()
        })
        .collect();
    let mut looked_at = 0;
    for (table, rows) in [("households", &households), ("members", &members)] {
        for (variable, cell) in
            rows.iter().flatten().filter(|(variable, cell)| coded.contains(variable) && !cell.is_empty())
        {
            let is_it = |value: &&BTreeMap<String, String>| {
                value["table"] == table && &value["variable"] == variable && &value["code"] == cell
            };
            assert!(
                values.iter().any(|value| is_it(&value) && !value["label_vi"].is_empty()),
                "{variable} {cell}"
            );
            looked_at += 1;
        }
    }
    assert!(looked_at > 200, "{looked_at}");
    assert!(!tables["contents.csv"].contains("without_label"), "{}", tables["contents.csv"]);
    assert!(tables["stata_vi.do"].contains("label variable area `\"Khu vực\"'"));

    let everything: String = tables.values().map(String::as_str).collect();
    for household in &people {
        let id = household_id(household);
        let mut personal = vec![id.to_string(), id.simple().to_string()];
        for member in &household.members {
            let (year, month, day) = member.birth;
            personal.extend([
                member.full_name.clone(),
                format!("{year}-{month:02}-{day:02}"),
                format!("{day:02}/{month:02}/{year}"),
            ]);
            personal.extend(member.citizen_id.clone());
        }
        for value in personal.iter().map(String::as_str).chain(TYPED.iter().map(|(_, typed)| *typed)) {
            assert!(!everything.contains(value), "{value}");
        }
    }

    // The same names in every data set.
    server.restart().await;
    let again = self::tables(&server, &admin, json!({})).await;
    let named = |rows: &[BTreeMap<String, String>], name: &str| -> Vec<String> {
        rows.iter().map(|row| row[name].clone()).collect()
    };
    assert_eq!(named(&rows(&again, "households.csv"), "household"), named(&households, "household"));
    assert_eq!(named(&rows(&again, "members.csv"), "member"), named(&members, "member"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_goes_out_to_administrators_alone_with_a_reason_that_is_kept() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let people = people();
    interviewed(&server, &mut laptop, &people[..1]).await;
    let here = supervisor(&server, COMMUNE).await;
    let full = |reason: &str| json!({ "full": true, "reason": reason });
    assert_eq!(refused(&server, &here, PATH, full("Nghiên cứu")).await, (403, "not_allowed".to_owned()));
    assert_eq!(refused(&server, &admin, PATH, full("  ")).await, (400, "incomplete".to_owned()));
    let told = tables(&server, &admin, full("Đối chiếu theo công văn 12")).await;
    let head = people[0].head();
    let of_head =
        rows(&told, "members.csv").into_iter().find(|row| row["full_name"] == head.full_name).unwrap();
    assert_eq!(Some(&of_head["citizen_id"]), head.citizen_id.as_ref());
    assert_eq!(rows(&told, "households.csv")[0]["address"], TYPED[1].1);
    let audit = done(&server, &admin, "/api/audit", json!({ "act": "exported_in_full" })).await;
    assert_eq!(
        (&audit["total"], &audit["lines"][0]["object"]),
        (&json!(1), &json!("Đối chiếu theo công văn 12"))
    );
    let audit =
        done(&server, &admin, "/api/audit", json!({ "act": "exported", "object": "dataset_full" })).await;
    assert_eq!(audit["total"], 1, "and nothing that was refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_account_gets_its_communes_without_what_is_restricted_and_a_cut_leaves_nothing_whole() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let people = people();
    interviewed(&server, &mut laptop, &people).await;
    let elsewhere = supervisor(&server, ELSEWHERE).await;
    assert!(rows(&tables(&server, &elsewhere, json!({})).await, "households.csv").is_empty());
    assert_eq!(
        refused(&server, &elsewhere, PATH, json!({ "commune": COMMUNE })).await,
        (404, "not_found".to_owned())
    );
    assert_eq!(refused(&server, &admin, PATH, json!({ "commune": "xa" })).await.0, 400);
    let other_round = tables(&server, &admin, json!({ "round": 2025 })).await;
    assert!(rows(&other_round, "households.csv").is_empty());

    let request = json!({ "commune": COMMUNE, "household": household_id(&people[0]), "right": "restrict", "asker": "Hỏi",
        "capacity": "oneself", "came_on": "2026-09-28", "text": "Xin hạn chế" });
    let request = done(&server, &admin, "/api/requests", request).await;
    let path = format!("/api/requests/{}/acts", request["id"].as_str().unwrap());
    done(&server, &admin, &path, json!({ "step": "restrict", "reason": "a", "over": request["over"] })).await;
    let bytes = bytes(&server, &admin, json!({ "commune": COMMUNE })).await;
    let tables = unpacked(&bytes);
    assert_eq!(rows(&tables, "households.csv").len(), people.len() - 1);
    assert!(tables["contents.csv"].contains("restricted_left_out,1"));
    for part in 1..10 {
        let cut = &bytes[..bytes.len() * part / 10];
        assert!(zip::ZipArchive::new(Cursor::new(cut)).is_err(), "{part} tenths");
    }
}
