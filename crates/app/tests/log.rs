//! What the log of a whole journey holds. A program of its own: the log is the whole program's, and what other tests write at
//! the same time would push this journey's lines out of its files.
#![cfg(test)]

#[expect(dead_code, reason = "shared with the other use-case tests, which use all of it")]
#[path = "it/support.rs"]
mod support;

use rasoat_app::log_to;
use rasoat_app::view::NewHouseholdForm;
use rasoat_testkit::households;

use support::{CODE, Laptop, Mood, PASSPHRASE, answer, first};

#[tokio::test]
async fn a_journey_leaves_nothing_personal_in_the_log() {
    let laptop = Laptop::new();
    let data = laptop.dir.path().join("data");
    // Everything of ours and of the libraries under it.
    tracing::subscriber::set_global_default(log_to(&data, "trace".into()).unwrap()).unwrap();
    let app = laptop.listed();
    let row = first(&app);
    answer(&app, &row.id, "address", "Ngõ Không Ai Biết").unwrap();
    answer(&app, &row.id, "floor_area", "738.25").unwrap();
    answer(&app, &row.id, "floor_area", "rất rộng").unwrap_err();
    app.leave_interview(&row.id).unwrap();
    app.preview_list("/tmp/thôn-của-ông-Bách.xlsx").unwrap_err();
    app.add_household(NewHouseholdForm {
        village: "06001-na-pan".to_owned(),
        head_name: "Phan Quyết Tâm".to_owned(),
        birth: "1979-05-06".to_owned(),
        sex: "male".to_owned(),
        citizen_id: "020079000777".to_owned(),
        address: String::new(),
    })
    .unwrap();
    laptop.province.set(Mood::Stranger);
    app.sync_now().await.unwrap();
    laptop.province.set(Mood::Good);
    app.sync_now().await.unwrap();
    app.lock().unwrap();
    app.unlock("một câu sai").unwrap_err();

    let mut log = String::new();
    for entry in std::fs::read_dir(data.join("log")).unwrap() {
        log.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    assert!(
        log.contains("list taken in") && log.contains("answer_not_verified") && log.contains("exchanged")
    );
    let mut secrets: Vec<String> = [
        "Ngõ Không Ai Biết",
        "738.25",
        "rất rộng",
        "ông-Bách",
        "Phan Quyết Tâm",
        "020079000777",
        "1979-05-06",
        "Hoàng Thị Thử",
        "một câu sai",
        PASSPHRASE,
        CODE,
        "Nà Pàn",
    ]
    .map(str::to_owned)
    .to_vec();
    for household in households(1) {
        for member in household.members {
            secrets.extend(member.citizen_id);
            secrets.push(member.full_name);
        }
    }
    for secret in secrets {
        assert!(!log.contains(&secret), "the log holds {secret}");
    }
}
