//! A laptop's files as this version of the program writes them, so that every later version proves that it reads them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};
use rasoat_app::App;
use rasoat_app::view::AnswerForm;
use rasoat_store::{SCHEMA_VERSION, Store, StoreError};
use rasoat_testkit::province::Province;
use rasoat_testkit::{demo, interviewer, laptop, visit};
use serde::Serialize;

/// Households of which the answers are written down.
const LOOKED_AT: usize = 4;
const SEED: u64 = 2026;

/// What is in it, to compare with.
#[derive(Serialize)]
struct Expected {
    /// Edits that wait to be sent: writer, number and hash.
    unsent: Vec<String>,
    /// Households on the list.
    households: usize,
    /// By id.
    looked_at: BTreeMap<String, ExpectedHousehold>,
}

#[derive(Serialize)]
struct ExpectedHousehold {
    head_name: String,
    state: String,
    custody: String,
    /// Answers by path.
    answers: BTreeMap<String, String>,
}

/// Writes `v<number>` into a folder: a database with its keys, and what it holds. What is there already stays as it is.
pub(crate) fn write(out: &Path) -> Result<()> {
    let to = out.join(format!("v{SCHEMA_VERSION}"));
    if to.exists() {
        println!("a laptop of version {SCHEMA_VERSION} is there: {}", to.display());
        return Ok(());
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let folder = tempfile::tempdir()?;
    let expected = runtime.block_on(fill(folder.path()))?;
    std::fs::create_dir_all(&to)?;
    for name in ["rasoat.db", "rasoat.keys"] {
        std::fs::copy(folder.path().join(name), to.join(name)).context(name)?;
    }
    std::fs::write(to.join("expected.json"), serde_json::to_string_pretty(&expected)? + "\n")?;
    println!("a laptop of version {SCHEMA_VERSION}: {}", to.display());
    Ok(())
}

/// One household confirmed, one signed, one left, one under way; the others listed. Nobody of them exists.
async fn fill(data: &Path) -> Result<Expected> {
    let province = Province::start().await?;
    let handover = province.enrol("Máy cũ").await?;
    let app = laptop::start(data, province.clock.reader())?;
    laptop::enrol(&app, &handover)?;
    laptop::import(&app, &demo::list_workbook(SEED))?;
    let rows = laptop::households(&app, "")?;
    let ids: Vec<String> = rows.iter().take(LOOKED_AT).map(|row| row.id.clone()).collect();
    let [confirmed, signed, left, under_way] = ids.as_slice() else {
        return Err(anyhow!("the list is too short"));
    };
    visit::complete(&app, confirmed, &interviewer::poor())?;
    let sent = app.sync_now().await?;
    ensure!(sent.problem.is_none() && sent.unsent_edits == 0, "not sent");
    visit::complete(&app, signed, &interviewer::poor())?;
    answer(&app, left, "Ngõ sau đình")?;
    app.leave_interview(left)?;
    answer(&app, left, "Ngõ trước đình")?;
    app.leave_interview(left)?;
    answer(&app, under_way, "Cuối bản, cạnh suối")?;

    let mut looked_at = BTreeMap::new();
    for id in &ids {
        let view = app.open_interview(id)?;
        let answers = view.nodes.into_iter().filter_map(|node| Some((node.path, node.value?)));
        let answers: BTreeMap<String, String> = answers.collect();
        let row = app.household(id)?.row;
        let word = |value: serde_json::Value| value.as_str().map(str::to_owned).context("a word");
        let expected = ExpectedHousehold {
            head_name: row.head_name,
            state: word(serde_json::to_value(row.state)?)?,
            custody: word(serde_json::to_value(row.custody)?)?,
            answers,
        };
        looked_at.insert(id.clone(), expected);
    }
    app.lock()?;
    let store = Store::open(data, &laptop::PASSPHRASE.into(), rasoat_testkit::machine_clock())?;
    let edits = store.read(|reader| reader.unsent(usize::MAX))?;
    let unsent =
        edits.iter().map(|edit| format!("{}:{} {}", edit.id.writer.0, edit.id.seq, hex(&edit.hash().0)));
    let expected = Expected { unsent: unsent.collect(), households: rows.len(), looked_at };
    store.close().map_err(|error: StoreError| anyhow!("{error}"))?;
    Ok(expected)
}

fn answer(app: &App, household: &str, address: &str) -> Result<()> {
    let form =
        AnswerForm { household: household.to_owned(), path: "address".to_owned(), value: address.to_owned() };
    app.answer(form)?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
