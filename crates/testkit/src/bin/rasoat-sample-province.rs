//! A province as a prober finds it: the generated list, two interviews that differ, an account of each role, and a token of another
//! system. Prints where, who and what as a line of JSON, then serves until standard input ends.

#![expect(clippy::print_stdout, reason = "a command line talks on standard output")]

use std::io::Read as _;

use anyhow::{Context as _, Result, ensure};
use rasoat_app::App;
use rasoat_app::view::AnswerForm;
use rasoat_server::view::Role;
use rasoat_server::{NewAccount, add_account};
use rasoat_testkit::province::{COMMUNES, Province};
use rasoat_testkit::{demo, interviewer, laptop, visit};
use serde_json::{Value, json};

/// The households are generated from this.
const SEED: u64 = 2026;
/// What every account's password is changed to.
const PASSWORD: &str = "ba con suối chảy xuôi";
/// An account that may be changed and locked at will.
const SPARE: &str = "khach";
const ROLES: [(&str, Role, &[&str]); 4] = [
    ("administrator", Role::Administrator, &[]),
    ("officer", Role::Officer, &[]),
    ("supervisor", Role::Supervisor, &[COMMUNES[0]]),
    ("reader", Role::Reader, &[COMMUNES[1]]),
];

fn main() -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let province = Province::start().await?;
        let household = reviewed_twice(&province).await?;
        let mut sessions = Vec::new();
        for (name, role, communes) in ROLES {
            sessions.push(log_in(&province, name, role, communes).await?);
        }
        let token = make_token(&province, &sessions[0]).await?;
        let spare = NewAccount { name: SPARE.to_owned(), role: Role::Reader, communes: [].into() };
        add_account(&province.state, spare).await?;
        let devices = get(&province, &sessions[0], "/api/devices").await?;
        let devices: Vec<&Value> =
            devices.as_array().context("devices")?.iter().map(|device| &device["id"]).collect();
        let (commune, household) = household;
        let told = json!({
            "url": province.url(""), "sessions": sessions, "communes": COMMUNES, "devices": devices, "spare": SPARE, "token": token,
            "households": [{ "commune": commune, "id": household }],
        });
        println!("{told}");
        let ended = tokio::task::spawn_blocking(|| {
            let mut rest = Vec::new();
            // Whatever ends it, reading has ended: whoever asked for the province is gone.
            drop(std::io::stdin().read_to_end(&mut rest));
        });
        ended.await?;
        Ok(())
    })
}

/// The list from one laptop, and an interview from each of two that knew nothing of each other; commune and id.
async fn reviewed_twice(province: &Province) -> Result<(String, String)> {
    let mut reviewed = None;
    for (device, address) in [("may-1", "Ngõ sau đình"), ("may-2", "Đầu bản")] {
        let handover = province.enrol(device).await?;
        let app = laptop::start(&province.desk().join(format!("{device}-files")), province.clock.reader())?;
        laptop::enrol(&app, &handover)?;
        laptop::import(&app, &demo::list_workbook(SEED))?;
        let first = laptop::households(&app, "")?.into_iter().next().context("a household")?;
        interview(&app, &first.id, address)?;
        let sent = app.sync_now().await?;
        ensure!(sent.unsent_edits == 0, "not everything was sent");
        let villages = app.overview()?.villages;
        let village = villages.into_iter().find(|village| village.name == first.village_name);
        reviewed = Some((village.context("its village")?.commune, first.id));
    }
    reviewed.context("two laptops")
}

fn interview(app: &App, household: &str, address: &str) -> Result<()> {
    let path = "address".to_owned();
    app.answer(AnswerForm { household: household.to_owned(), path, value: address.to_owned() })?;
    visit::complete(app, household, &interviewer::poor())?;
    Ok(())
}

/// Makes an account, changes its first password and opens a session: what a caller has to send along.
async fn log_in(province: &Province, name: &str, role: Role, communes: &[&str]) -> Result<Value> {
    let communes = communes.iter().map(|code| code.parse()).collect::<Result<_, _>>()?;
    let first =
        add_account(&province.state, NewAccount { name: name.to_owned(), role, communes }).await?.to_string();
    let client = reqwest::Client::builder().cookie_store(true).no_proxy().build()?;
    let form = json!({ "username": name, "password": first });
    let opened: Value = client
        .post(province.url("/api/session"))
        .json(&form)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let csrf = opened["csrf"].as_str().context("a token")?;
    let form = json!({ "old": first, "new": PASSWORD });
    let request = client.post(province.url("/api/account/password")).header("x-rasoat-csrf", csrf);
    let changed = request.json(&form).send().await?.error_for_status()?;
    let cookie = changed.headers().get("set-cookie").context("a cookie")?.to_str()?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let session: Value = changed.json().await?;
    Ok(json!({ "role": role, "name": name, "password": PASSWORD, "cookie": cookie, "csrf": session["csrf"] }))
}

/// Makes a token that reads every table of two communes, with citizen IDs in full: what another system sends along.
async fn make_token(province: &Province, session: &Value) -> Result<Value> {
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 30);
    let tables = ["households", "conflicts", "quality", "villages", "communes", "duplicates", "devices"];
    let form = json!({ "name": "Kho dữ liệu", "tables": tables, "communes": COMMUNES, "citizen_ids": true,
        "until": until.strftime("%F").to_string() });
    let client = reqwest::Client::builder().no_proxy().build()?;
    let (cookie, csrf) = (session["cookie"].as_str(), session["csrf"].as_str());
    let request = client
        .post(province.url("/api/tokens"))
        .header("cookie", cookie.context("a cookie")?)
        .header("x-rasoat-csrf", csrf.context("a token")?);
    let shown: Value = request.json(&form).send().await?.error_for_status()?.json().await?;
    Ok(shown["secret"].clone())
}

async fn get(province: &Province, session: &Value, path: &str) -> Result<Value> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let cookie = session["cookie"].as_str().context("a cookie")?;
    let response = client.get(province.url(path)).header("cookie", cookie).send().await?;
    Ok(response.error_for_status()?.json().await?)
}
