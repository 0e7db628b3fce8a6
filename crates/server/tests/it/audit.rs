//! The audit log's chain.

use rasoat_server::check_audit;
use rasoat_server::storage::{AuditBreak, AuditEntry, AuditLine, AuditWalk, FIRST_PREVIOUS, audit_hash};
use serde_json::json;

use crate::support::Server;

fn chain(length: u64) -> Vec<AuditLine> {
    let mut previous = FIRST_PREVIOUS;
    let line = |number| {
        let entry = AuditEntry {
            at: 1000 + i64::try_from(number).unwrap(),
            actor: "lan".to_owned(),
            act: "household_shown".to_owned(),
            object: format!("05977/{number}"),
        };
        previous = audit_hash(&previous, number, &entry);
        AuditLine { number, entry, hash: Some(previous) }
    };
    (1..=length).map(line).collect()
}

fn walk(lines: &[AuditLine], head: Option<(u64, [u8; 32])>) -> Result<u64, AuditBreak> {
    let mut walk = AuditWalk::default();
    for line in lines {
        walk.step(line)?;
    }
    walk.end(head).map(|walk| walk.lines)
}

#[test]
fn a_line_changed_taken_out_put_in_or_cut_off_is_found() {
    let whole = chain(9);
    let head = whole.last().map(|line| (line.number, line.hash.unwrap()));
    assert_eq!(walk(&whole, head), Ok(9));
    let changes: [fn(&mut AuditEntry); 4] = [
        |entry| entry.at += 1,
        |entry| entry.actor = "hoa".to_owned(),
        |entry| entry.act.push('x'),
        |entry| entry.object = "05977/4 ".to_owned(),
    ];
    for change in changes {
        let mut lines = whole.clone();
        change(&mut lines[3].entry);
        assert_eq!(walk(&lines, head), Err(AuditBreak::Line(4)));
    }
    let mut lines = whole.clone();
    lines.remove(3);
    assert_eq!(walk(&lines, head), Err(AuditBreak::Line(5)));
    let mut lines = whole.clone();
    lines.insert(3, lines[2].clone());
    assert_eq!(walk(&lines, head), Err(AuditBreak::Line(3)));
    assert_eq!(walk(&whole[..8], head), Err(AuditBreak::End(9)));
    let mut lines = whole.clone();
    lines[5].hash = None;
    assert_eq!(walk(&lines, head), Err(AuditBreak::Line(6)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_see_is_noted_in_the_chain_and_found_by_filters() {
    let server = Server::start().await;
    let officer = server.officer().await;
    server.list(&officer, json!({})).await;
    let check = check_audit(&server.state).await.unwrap();
    assert_eq!((check.broken, check.unchained), (None, 0));
    assert_eq!(check.head.unwrap().0, check.lines);
    let (client, csrf) = &officer;
    let ask = async |form: serde_json::Value| -> serde_json::Value {
        let request = client.post(server.url("/api/audit")).header("x-rasoat-csrf", csrf).json(&form);
        request.send().await.unwrap().json().await.unwrap()
    };
    let listed = ask(json!({ "actor": "Admin", "act": "households_listed", "object": "05977" })).await;
    assert_eq!(listed["total"], 1);
    assert_eq!(
        ask(json!({ "from": "2026-10-01", "until": "2026-10-01", "act": "logged_in" })).await["total"],
        1
    );
    assert_eq!(ask(json!({ "from": "2026-10-02", "act": "logged_in" })).await["total"], 0);
    assert_eq!(ask(json!({ "limit": 1, "offset": 1 })).await["lines"][0]["act"], "logged_in");
}
