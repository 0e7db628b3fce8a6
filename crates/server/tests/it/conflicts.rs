//! The province sees where answers differ and settles it for everybody.

use rasoat_casework::{Edit, SubjectKind, VersionVector, fold};
use rasoat_exchange::Cursor;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{COMMUNE, Laptop, Server, choice, interview_of, subject, text};

const HOME: Uuid = Uuid::from_u128(77);

struct AtOdds {
    server: Server,
    one: Laptop,
    two: Laptop,
    edits: Vec<Edit>,
}

/// Two laptops that gave another address and another phone each, and both signed.
async fn at_odds() -> AtOdds {
    let server = Server::start().await;
    let (mut one, mut two) = (server.enrol("Máy 01").await, server.enrol("Máy 02").await);
    let line = one.seal(
        subject(COMMUNE, SubjectKind::Household, HOME),
        None,
        vec![
            ("village_name".to_owned(), text("Bản Thử")),
            ("members.m0.full_name".to_owned(), text("Nông Thị Thử")),
            ("members.m0.relation".to_owned(), choice("head")),
        ],
    );
    let answers = |address: &str, phone: &str, at: &str| {
        vec![
            ("meta_household".to_owned(), text(&HOME.to_string())),
            ("meta_state".to_owned(), choice("signed")),
            ("meta_signed_at".to_owned(), text(at)),
            ("address".to_owned(), text(address)),
            ("phone".to_owned(), text(phone)),
        ]
    };
    let instrument = Some(one.instrument());
    let none = VersionVector::default;
    let of_one = one.seal_seeing(interview_of(HOME), instrument, answers("Nà Lùng", "0911", "1"), none());
    // Later by logical time, whatever the ids are.
    two.chain.observe(of_one.at);
    let of_two = two.seal_seeing(interview_of(HOME), instrument, answers("Khuổi Mạ", "0922", "2"), none());
    server.send(&one, &[one.batch(&[line.clone(), of_one.clone()])]).await;
    server.send(&two, &[two.batch(std::slice::from_ref(&of_two))]).await;
    AtOdds { server, one, two, edits: vec![line, of_one, of_two] }
}

async fn post(server: &Server, officer: &(reqwest::Client, String), path: &str, body: Json) -> (u16, Json) {
    let url = server.url(&format!("/api/communes/{COMMUNE}/conflicts{path}"));
    let response = officer.0.post(url).header("x-rasoat-csrf", &officer.1).json(&body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_are_listed_with_who_gave_each_answer_on_which_device() {
    let AtOdds { server, .. } = at_odds().await;
    let officer = server.officer().await;
    let rows = server.list(&officer, json!({})).await;
    assert_eq!(rows["rows"][0]["conflicts"], 2, "what programs noted is none of people's business");
    let page = server.get(&officer.0, &format!("/api/communes/{COMMUNE}/conflicts")).await;
    assert_eq!((&page["more"], page["households"].as_array().unwrap().len()), (&json!(false), 1));
    let home = &page["households"][0];
    assert_eq!(home["row"]["head_name"], "Nông Thị Thử");
    let conflicts = home["conflicts"].as_array().unwrap();
    let paths: Vec<&str> = conflicts.iter().map(|c| c["conflict"]["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["address", "phone"]);
    let candidates = &conflicts[0]["conflict"]["candidates"];
    assert_eq!(
        (&candidates[0]["device_name"], &candidates[1]["device_name"]),
        (&json!("Máy 01"), &json!("Máy 02"))
    );
    assert_eq!(candidates[1]["value"]["canonical"], "Khuổi Mạ");
    let response = reqwest::get(server.url(&format!("/api/communes/{COMMUNE}/conflicts"))).await.unwrap();
    assert_eq!(response.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_province_settles_goes_down_to_every_laptop_and_folds_to_the_choice() {
    let AtOdds { server, one, two, edits } = at_odds().await;
    let officer = server.officer().await;
    let at_one = server.feed(&one, &Cursor::default()).await.1;
    let page = server.get(&officer.0, &format!("/api/communes/{COMMUNE}/conflicts")).await;
    let first = page["households"][0]["conflicts"][0]["conflict"]["candidates"][0]["edit"].clone();
    let place = |path: &str, choice: Json| json!({ "household": HOME, "document": "interview", "path": path, "choice": choice });
    let stale = place("phone", json!({ "candidate": "nobody:1" }));
    let body = json!({ "places": [place("address", json!({ "candidate": first })), stale] });
    assert_eq!(post(&server, &officer, "", body).await, (200, json!({ "settled": 1, "passed_over": 1 })));
    let given = json!({ "places": [place("phone", json!({ "value": "0933" }))] });
    assert_eq!(post(&server, &officer, "", given).await.1["settled"], 1);
    let rows = server.list(&officer, json!({})).await;
    assert_eq!((&rows["rows"][0]["conflicts"], &rows["rows"][0]["edits"]), (&json!(0), &json!(5)));

    let (settlements, _) = server.feed(&one, &at_one).await;
    assert_eq!(settlements.len(), 2);
    assert_eq!(settlements[1].prev, Some(settlements[0].hash()), "one chain");
    assert_eq!(
        (settlements[0].author.as_str(), settlements[0].instrument),
        ("admin", Some(one.instrument()))
    );
    assert!(settlements[0].at > edits[2].at);
    let all = server.feed(&two, &Cursor::default()).await.0;
    assert!(settlements.iter().all(|edit| all.contains(edit)));
    let document = fold(all.iter().filter(|edit| edit.subject == interview_of(HOME)));
    assert_eq!(document.conflicts(), Vec::<&rasoat_instrument::Path>::new());
    let value = |path: &str| document.get(&path.parse().unwrap()).map(ToString::to_string);
    assert_eq!((value("address").as_deref(), value("phone").as_deref()), (Some("Nà Lùng"), Some("0933")));
    assert_eq!(value("meta_signed_at").as_deref(), Some("2"));
    // The household's page tells that it was the province.
    let page = server.get(&officer.0, &format!("/api/households/{COMMUNE}/{HOME}")).await;
    assert_eq!(page["edits"][0]["device_name"], "Sở thử nghiệm");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_places_are_settled_by_a_rule_and_a_restarted_server_writes_a_chain_of_its_own() {
    let AtOdds { mut server, one, two, .. } = at_odds().await;
    let officer = server.officer().await;
    let nobodys = json!({ "rule": { "device": Uuid::from_u128(1) } });
    assert_eq!(post(&server, &officer, "/rule", nobodys).await.1, json!({ "settled": 0, "passed_over": 2 }));
    let by = json!({ "households": [HOME], "rule": { "device": one.enrolment.device } });
    assert_eq!(post(&server, &officer, "/rule", by).await.1, json!({ "settled": 2, "passed_over": 0 }));
    server.restart().await;
    // Both change it again, unseen, and the province settles it again.
    let (known, at_two) = server.feed(&two, &Cursor::default()).await;
    let seen = fold(known.iter().filter(|edit| edit.subject == interview_of(HOME))).version;
    let (mut one, mut two) = (one, two);
    let again = |laptop: &mut Laptop, value: &str| {
        laptop.seal_seeing(interview_of(HOME), None, vec![("address".to_owned(), text(value))], seen.clone())
    };
    let (left, right) = (again(&mut one, "Bản A"), again(&mut two, "Bản B"));
    server.send(&one, &[one.batch(&[left])]).await;
    server.send(&two, &[two.batch(&[right])]).await;
    let officer = server.officer().await;
    let settled = post(&server, &officer, "/rule", json!({ "rule": "latest" })).await;
    assert_eq!(settled, (200, json!({ "settled": 1, "passed_over": 0 })));
    let (news, _) = server.feed(&two, &at_two).await;
    let (before, after) = (&known[known.len() - 1], news.last().unwrap());
    assert_ne!(before.id.writer, after.id.writer);
    assert_eq!((after.id.seq, after.prev), (1, None));
    let unreadable = post(&server, &officer, "", json!({ "places": [{}] })).await;
    assert_eq!((unreadable.0, &unreadable.1["code"]), (400, &json!("unreadable")));
}
