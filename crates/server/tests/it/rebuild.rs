//! Projections made again and compared, and a whole storage moved to another.

use std::process::{Command, Output};

use rasoat_casework::{CommuneCode, SubjectKind};
use rasoat_server::storage::{Account, HouseholdKeyRef, ListQuery, StorageError};
use rasoat_server::{
    DatabaseUrl, MoveError, ServerBackupError, back_up, index, move_to, rebuild_and_compare,
};
use serde_json::json;
use uuid::Uuid;

use crate::attachments::a_photo_is_sent;
use crate::support::{COMMUNE, Server, household_id, interview_of, subject, text};

fn household(number: usize) -> rasoat_testkit::Household {
    rasoat_testkit::households(7)[number].clone()
}

fn commune() -> CommuneCode {
    COMMUNE.parse().unwrap()
}

fn run(server: &Server, arguments: &[&str]) -> Output {
    let data = server.dir.database().with_file_name("");
    let mut command = Command::new(env!("CARGO_BIN_EXE_rasoat-server"));
    command.args(arguments).arg("--data").arg(data).output().unwrap()
}

async fn with_households(database: Option<String>) -> (Server, HouseholdKeyRef) {
    let server = Server::start_on(database).await;
    let mut laptop = server.enrol("Máy 01").await;
    let (one, other) = (household(1), household(2));
    let instrument = laptop.instrument();
    let edits =
        [laptop.list(&one, COMMUNE), laptop.interview(&one, instrument), laptop.list(&other, COMMUNE)];
    let receipts = server.send(&laptop, &[laptop.batch(&edits[..2]), laptop.batch(&edits[2..])]).await;
    assert!(receipts.iter().all(|receipt| receipt.verdicts.is_empty()));
    // A batch that is not stored whole, a photo, and an account with a session.
    let mut copied = server.enrol("Máy 02").await;
    copied.chain = laptop.chain.clone();
    let stray = copied.list(&household(3), crate::support::ELSEWHERE);
    server.send(&copied, &[copied.batch(&[stray])]).await;
    a_photo_is_sent(&server, &mut laptop).await;
    server.officer().await;
    (server, HouseholdKeyRef::new(COMMUNE.parse().unwrap(), household_id(&one)))
}

/// A remark that came before the interview it is about, and was changed since, is its household's, all of it.
async fn a_remark_waits_for_its_interview(database: Option<String>) {
    let server = Server::start_on(database).await;
    let mut laptop = server.enrol("Máy 01").await;
    let one = household(1);
    let id = household_id(&one);
    let remark = subject(COMMUNE, SubjectKind::Remark, Uuid::from_u128(77));
    let about = interview_of(id).id.to_string();
    let said = |path: &str, value: &str| vec![(path.to_owned(), text(value))];
    let first = laptop.seal(remark.clone(), None, said("interview", &about));
    let second = laptop.seal(remark, None, said("text", "Xem lại"));
    for edit in [first, second] {
        server.send(&laptop, &[laptop.batch(&[edit])]).await;
    }
    let instrument = laptop.instrument();
    let edits = [laptop.list(&one, COMMUNE), laptop.interview(&one, instrument)];
    server.send(&laptop, &[laptop.batch(&edits)]).await;
    let (officer, _) = server.officer().await;
    let view = server.get(&officer, &format!("/api/households/{COMMUNE}/{id}")).await;
    assert_eq!(view["row"]["edits"], 4);
    assert_eq!(rebuild_and_compare(&server.state).await.unwrap(), []);
}

/// What is made again equals what was there; what was not as the edits say is named, and is right afterwards.
async fn a_rebuild_is_compared(database: Option<String>) {
    let (mut server, key) = with_households(database).await;
    assert_eq!(rebuild_and_compare(&server.state).await.unwrap(), []);
    let storage = server.storage().await;
    let row = storage.household(key.clone()).await.unwrap().unwrap();
    let mut wrong = row.clone();
    wrong.members += 1;
    assert!(storage.put_household(wrong).await.unwrap());
    server.stop().await;
    let found = run(&server, &["rebuild", "--check"]);
    assert_eq!(found.status.code(), Some(1));
    let printed = String::from_utf8(found.stdout).unwrap();
    assert!(printed.starts_with(&format!("commune {COMMUNE} household {}\n", key.household)), "{printed}");
    assert!(!printed.contains(&row.head_name));
    assert!(run(&server, &["rebuild", "--check"]).status.success());
    assert_eq!(storage.household(key).await.unwrap(), Some(row));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_is_compared_on_sqlite() {
    a_rebuild_is_compared(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_is_compared_on_postgres() {
    a_rebuild_is_compared(Some(rasoat_testkit::postgres::database().await.unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remark_waits_for_its_interview_on_sqlite() {
    a_remark_waits_for_its_interview(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remark_waits_for_its_interview_on_postgres() {
    a_remark_waits_for_its_interview(Some(rasoat_testkit::postgres::database().await.unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_came_in_moves_to_an_empty_database_and_is_used_from_there() {
    let (mut server, key) = with_households(None).await;
    let officer = server.officer().await;
    let query = json!({ "offset": 0, "limit": 50 });
    let listed = server.list(&officer, query.clone()).await;
    let mut laptop = server.enrol("Máy 03").await;
    let (feed, cursor) = server.feed(&laptop, &Default::default()).await;
    let before = server.storage().await;
    let (devices, acts) = (before.devices().await.unwrap(), before.acts(100).await.unwrap());
    let edits = before.edits_of(key.clone()).await.unwrap();
    let (counts, villages) =
        (before.commune_marks().await.unwrap(), before.village_marks(commune()).await.unwrap());
    let names = |accounts: Vec<Account>| -> Vec<_> {
        accounts.into_iter().map(|one| (one.name, one.password_hash, one.last_login_at)).collect()
    };
    let (accounts, head) = (names(before.accounts().await.unwrap()), before.audit_head().await.unwrap());
    let not_same = (Uuid::from_u128(1), Uuid::from_u128(2));
    assert!(before.put_not_same(not_same.0, not_same.1, "can bo".to_owned(), 1).await.unwrap());
    let words =
        ListQuery { words: vec!["ho".to_owned(), "001".to_owned()], limit: 10, ..ListQuery::default() };
    while before.index_some(10).await.unwrap() > 0 {}
    let found = before.household_list(words.clone()).await.unwrap();
    assert!(!found.rows.is_empty());
    drop(before);
    server.stop().await;

    let (target, used) = (
        rasoat_testkit::postgres::database().await.unwrap(),
        rasoat_testkit::postgres::database().await.unwrap(),
    );
    // The database of another server is refused, and nothing changes.
    Server::start_on(Some(used.clone())).await;
    let refused = move_to(&server.dir, &DatabaseUrl::new(used)).await;
    assert!(matches!(refused, Err(MoveError::Storage(StorageError::NotOpened))), "{refused:?}");
    assert_eq!(server.dir.config().unwrap().database, None);

    let moved = run(&server, &["move", "--to", &target]);
    assert!(moved.status.success(), "{}", String::from_utf8_lossy(&moved.stderr));
    let url = DatabaseUrl::new(target.clone());
    assert_eq!(server.dir.config().unwrap().database, Some(url.clone()));
    assert!(matches!(move_to(&server.dir, &url).await, Err(MoveError::AlreadyThere)));
    // The file is as it was: it could be moved to another database, and not to one that holds something.
    let config = server.dir.database().with_file_name("rasoat-server.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let (_, without) = text.split_once('\n').unwrap();
    std::fs::write(&config, without).unwrap();
    assert!(matches!(move_to(&server.dir, &url).await, Err(MoveError::NotEmpty)));
    std::fs::write(&config, &text).unwrap();

    // The file, which is still there, is not what the server holds.
    let copied = back_up(&server.dir, &config.with_file_name("copy"), false, 0);
    assert!(matches!(copied, Err(ServerBackupError::OnPostgres)));

    server.use_database(target).await;
    let after = server.storage().await;
    assert_eq!(after.devices().await.unwrap(), devices);
    assert_eq!(after.edits_of(key).await.unwrap(), edits);
    assert_eq!(after.acts(100).await.unwrap(), acts);
    assert_eq!(
        (after.commune_marks().await.unwrap(), after.village_marks(commune()).await.unwrap()),
        (counts, villages)
    );
    assert_eq!((names(after.accounts().await.unwrap()), after.audit_head().await.unwrap()), (accounts, head));
    assert!(!after.put_not_same(not_same.1, not_same.0, "can bo".to_owned(), 2).await.unwrap());
    // What is indexed is indexed anew, from the edits.
    index(&server.state).await.unwrap();
    assert_eq!(after.household_list(words).await.unwrap(), found);
    // The session that was open is open, laptops go on where they were, and numbers go on.
    assert_eq!(server.list(&officer, query).await, listed);
    assert_eq!(server.feed(&laptop, &Default::default()).await.0, feed);
    let next = laptop.list(&household(4), COMMUNE);
    let receipts = server.send(&laptop, &[laptop.batch(std::slice::from_ref(&next))]).await;
    assert!(receipts[0].accepts(next.id));
    let reader = server.enrol("Máy 04").await;
    assert_eq!(server.feed(&reader, &cursor).await.0, [next]);
    assert_eq!(rebuild_and_compare(&server.state).await.unwrap(), []);
}
