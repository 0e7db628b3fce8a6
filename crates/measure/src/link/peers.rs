//! PouchDB with a server of its own kind over the same links with the same households, for comparison: what a program gets that
//! copies whole documents with a library of today.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use rasoat_casework::{Change, Edit};
use rasoat_instrument::Value as Answer;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::households;
use super::proxy::{Link, Proxy};
use crate::figure::Figures;

/// Where `npm install` puts what this needs: development only.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");
const CUT_TRIES: u32 = 40;

/// One end of a link, in a process of its own. What waits for it blocks this thread; the link runs on others.
struct Peer {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    _folder: TempDir,
}

impl Peer {
    fn start(role: &str, address: Option<String>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new("node");
        command.current_dir(FOLDER).arg("pouchdb.mjs").arg(role).arg(folder.path()).args(address);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("node")?;
        let orders = child.stdin.take().context("no way in")?;
        let answers = BufReader::new(child.stdout.take().context("no way out")?).lines();
        Ok(Self { child, orders, answers, _folder: folder })
    }

    fn answer(&mut self) -> Result<Value> {
        let line = self.answers.next().context("the peer ended")??;
        Ok(serde_json::from_str(&line)?)
    }

    fn order(&mut self, order: &Value) -> Result<Value> {
        writeln!(self.orders, "{order}")?;
        self.answer()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Both ends, and the link.
struct Pair {
    server: Peer,
    laptop: Peer,
    proxy: Proxy,
}

impl Pair {
    async fn start(link: Link) -> Result<Self> {
        let mut server = Peer::start("serve", None)?;
        let port = server.answer()?["port"].as_u64().context("no port")?;
        let proxy = Proxy::start(SocketAddr::from(([127, 0, 0, 1], u16::try_from(port)?)), 0).await?;
        let laptop = Peer::start("send", Some(format!("http://{}", proxy.address)))?;
        let mut pair = Self { server, laptop, proxy };
        // In touch once, as ours is.
        pair.push(1)?;
        pair.proxy.become_like(link);
        pair.proxy.take();
        Ok(pair)
    }

    fn put(&mut self, interviews: &[Edit]) -> Result<()> {
        let documents: Vec<Value> = interviews.iter().map(document).collect();
        let put = self.laptop.order(&json!({ "put": documents }))?;
        ensure!(put["put"] == interviews.len(), "the peer did not take the households");
        Ok(())
    }

    /// Seconds until all is there, or `None`.
    fn push(&mut self, tries: u32) -> Result<Option<f64>> {
        Ok(self.laptop.order(&json!({ "push": tries }))?["seconds"].as_f64())
    }

    fn arrived(&mut self) -> Result<f64> {
        self.server.order(&json!({ "count": true }))?["count"].as_f64().context("no count")
    }
}

/// The same households over the same links.
pub(crate) async fn measure(figures: &mut Figures) -> Result<()> {
    ensure!(Path::new(FOLDER).join("node_modules").is_dir(), "run `cargo xtask measure link --peers`");
    let fifty = households(50).await?;
    let what =
        |what: &str| json!({ "what": what, "peer": "PouchDB 9 to express-pouchdb 4, its own defaults" });

    let mut pair = Pair::start(Link::default()).await?;
    pair.put(&fifty)?;
    ensure!(pair.push(1)?.is_some(), "fifty households did not arrive at the peer's");
    let sent = pair.proxy.take();
    figures.note("peers.pouchdb_batch50_bytes_per_household", sent.up as f64 / 50.0, "bytes", what("up"));
    let first = fifty.first().context("a household")?;
    pair.laptop.order(&json!({ "edit": [first.subject.id, "water_source", "protected_well"] }))?;
    ensure!(pair.push(1)?.is_some(), "one answer did not arrive at the peer's");
    let edited = pair.proxy.take();
    figures.note(
        "peers.pouchdb_one_field_bytes",
        (edited.up + edited.down) as f64,
        "bytes",
        what("up and down"),
    );
    pair.push(1)?;
    let nothing = pair.proxy.take();
    figures.note(
        "peers.pouchdb_noop_bytes",
        (nothing.up + nothing.down) as f64,
        "bytes",
        what("up and down"),
    );
    for (name, link) in [("peers.pouchdb_edge_50_s", Link::EDGE), ("peers.pouchdb_gprs_50_s", Link::GPRS)] {
        let mut pair = Pair::start(link).await?;
        pair.put(&fifty)?;
        let seconds = pair.push(1)?.context("fifty households did not arrive at the peer's")?;
        figures.note(name, seconds, "s", what("fifty households"));
    }
    let mut pair = Pair::start(Link::cut_after(10_000)).await?;
    pair.put(&households(200).await?)?;
    pair.push(CUT_TRIES)?;
    let arrived = pair.arrived()?;
    let context = json!({ "what": "of two hundred over a link that is cut every 10 KB", "tries": CUT_TRIES,
        "bytes_up": pair.proxy.take().up });
    figures.note("peers.pouchdb_cut10k_arrived", arrived, "households", context);
    Ok(())
}

/// A household as an application keeps it in such a database: one document, its members inside.
fn document(interview: &Edit) -> Value {
    let mut household = Map::from_iter([("_id".to_owned(), json!(interview.subject.id))]);
    let mut members: Map<String, Value> = Map::new();
    for (path, change) in &interview.changes {
        let (Change::Set(answer), Some(field)) = (change, path.field_name()) else { continue };
        let place = match path.enclosing_instance() {
            Some(instance) => {
                let member = members.entry(instance.to_string()).or_insert_with(|| json!({}));
                member.as_object_mut()
            }
            None => Some(&mut household),
        };
        if let Some(place) = place {
            place.insert(field.to_owned(), plain(answer));
        }
    }
    household
        .insert("members".to_owned(), Value::Array(members.into_iter().map(|(_, member)| member).collect()));
    Value::Object(household)
}

fn plain(answer: &Answer) -> Value {
    match answer {
        Answer::Integer(number) => json!(number),
        Answer::Choices(choices) => json!(choices),
        Answer::Text(_)
        | Answer::Decimal(_)
        | Answer::Date(_)
        | Answer::Time(_)
        | Answer::DateTime(_)
        | Answer::Point(_)
        | Answer::File(_)
        | Answer::Choice(_) => json!(answer.to_string()),
    }
}
