//! What is sent again and again, or to a server that dies, is there once and is there.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rasoat_app::view::Custody;
use rasoat_exchange::{
    CarrierError, Door, EnrolmentFile, Limits, LinkKey, RequestPart, RequestReader, SyncProtocol,
    decode_response,
};
use rasoat_testkit::province::Handover;
use rasoat_testkit::{demo, laptop};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Officer, SEED, ServerProcess, answer, machine_clock, seed};

/// Rounds in which the server is killed.
const KILLS: u32 = 12;

/// A server made on the command line, and what to enrol with.
pub(crate) struct Made {
    pub(crate) folder: TempDir,
    pub(crate) data: PathBuf,
    password: String,
    pub(crate) handover: Handover,
}

pub(crate) fn make(public_url: &str) -> Made {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("province");
    let password = ServerProcess::init(&data, public_url);
    let handover = ServerProcess::enrol(&data, folder.path());
    Made { data, password, handover, folder }
}

/// Takes a request and loses it.
#[derive(Default)]
struct Loses(Mutex<Vec<u8>>);

impl SyncProtocol for Loses {
    async fn post(&self, _: Door, request: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
        *self.0.lock().expect("a lock") = request;
        Err(CarrierError::CutOff)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_posted_a_hundred_times_at_once_leaves_one_copy_and_gets_equal_receipts() {
    let made = make("http://127.0.0.1:1");
    let enrolment = EnrolmentFile::read(&std::fs::read(&made.handover.file).expect("a file")).expect("read");
    let lost = Arc::new(Loses::default());
    let app = laptop::start_with(&made.folder.path().join("laptop"), machine_clock(), Some(lost.clone()))
        .expect("started");
    laptop::enrol(&app, &made.handover).expect("first start");
    assert_eq!(laptop::import(&app, &demo::list_workbook(SEED)).expect("imported"), 60);
    let status = app.sync_now().await.expect("tried");
    assert_eq!(status.problem.map(|problem| problem.code).as_deref(), Some("cut_off"));
    let body = lost.0.lock().expect("a lock").clone();
    let key = enrolment.open_seed(&made.handover.code).expect("the code fits");
    let link =
        LinkKey::between(&key, enrolment.bundle_recipient.as_ref().expect("a recipient")).expect("a key");
    let parts = RequestReader::new(Limits::DEFAULT).feed(&body).expect("a request");
    let Some(RequestPart::Head(head)) = parts.first() else { panic!("no head: {parts:?}") };
    let (_, tag) = head.open(&link).expect("of this laptop");

    let server = ServerProcess::serve(&made.data);
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let posts: Vec<_> = (0..100)
        .map(|_| {
            let post = client.post(format!("{}/v1/sync", server.base));
            tokio::spawn(post.body(body.clone()).send())
        })
        .collect();
    let mut receipts = Vec::new();
    for post in posts {
        let response = post.await.expect("a task").expect("an answer");
        assert_eq!(response.status(), 200);
        let bytes = response.bytes().await.expect("a body");
        let answer = decode_response(&bytes, Limits::DEFAULT, tag, &link);
        receipts.push(answer.expect("verified").receipts);
    }
    assert_eq!(receipts.len(), 100);
    assert!(!receipts[0].is_empty() && receipts.iter().all(|one| *one == receipts[0]));
    let officer = Officer::log_in(&server.base, &made.password).await;
    assert_eq!(officer.edits_received().await, 60);
    assert_eq!(officer.get("/api/communes").await["totals"]["households"], 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_between_receiving_and_answering_has_every_edit_once_after_the_retry() {
    let mut random = ChaCha8Rng::seed_from_u64(seed());
    let between = Between::start().await;
    let made = make(&format!("http://{}", between.address));
    let app = laptop::start(&made.folder.path().join("laptop"), machine_clock()).expect("started");
    laptop::enrol(&app, &made.handover).expect("first start");
    assert_eq!(laptop::import(&app, &demo::list_workbook(SEED)).expect("imported"), 60);
    let household = laptop::households(&app, "").expect("households").remove(0).id;

    let mut committed = 0;
    for round in 0..KILLS {
        let address = format!("Ngõ {round}, sau đồi chè");
        answer(&app, &household, "address", &address).expect("answered");
        app.leave_interview(&household).expect("left");

        between.lead_to(ServerProcess::serve(&made.data), Some(1 << random.random_range(8..22)));
        let status = app.sync_now().await.expect("tried");
        let problem = status.problem.expect("nobody answered").code;
        assert!(["cut_off", "unreachable"].contains(&problem.as_str()), "round {round}: {problem}");
        let row = app.household(&household).expect("a household").row;
        assert_eq!(row.custody, Custody::OnlyHere, "round {round}: only a receipt confirms");

        let mine = 59 + app.household(&household).expect("a household").history.len() as u64;
        let server = ServerProcess::serve(&made.data);
        let officer = Officer::log_in(&server.base, &made.password).await;
        committed += u64::from(officer.edits_received().await == mine);
        between.lead_to(server, None);
        let status = app.sync_now().await.expect("sent");
        assert_eq!((status.problem, status.unsent_edits, status.custody.confirmed), (None, 0, 60));
        assert_eq!(officer.edits_received().await, mine, "round {round}");
        let (found, copies) = officer.address_of(&household).await;
        assert_eq!((found.as_str(), copies), (address.as_str(), mine - 59), "round {round}");
    }
    println!("of {KILLS} killed servers {committed} had committed before");
}

/// Stands between laptop and server. Passes everything on, or passes one request on and kills the server some spins later,
/// so that no answer comes.
struct Between {
    address: SocketAddr,
    target: Arc<Mutex<Option<Target>>>,
}

struct Target {
    server: ServerProcess,
    /// Spins after the request was handed on whole.
    kill_after: Option<u32>,
}

impl Between {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let target = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&target);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(carry(stream, Arc::clone(&kept)));
            }
        });
        Self { address, target }
    }

    fn lead_to(&self, server: ServerProcess, kill_after: Option<u32>) {
        *self.target.lock().expect("a lock") = Some(Target { server, kill_after });
    }
}

async fn carry(mut laptop: TcpStream, target: Arc<Mutex<Option<Target>>>) {
    let (address, kill_after) = match &*target.lock().expect("a lock") {
        Some(Target { server, kill_after }) => {
            (server.base.trim_start_matches("http://").to_owned(), *kill_after)
        }
        None => return,
    };
    let Ok(mut onward) = TcpStream::connect(address).await else { return };
    let Some(spins) = kill_after else {
        drop(tokio::io::copy_bidirectional(&mut laptop, &mut onward).await);
        return;
    };
    let request = whole_request(&mut laptop).await;
    onward.write_all(&request).await.expect("handed on");
    for _ in 0..spins {
        std::hint::spin_loop();
    }
    if let Some(target) = &mut *target.lock().expect("a lock") {
        target.server.kill();
    }
}

/// Head and body of one request.
async fn whole_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = stream.read(&mut piece).await.expect("a request");
        assert!(read > 0, "the request ends early");
        bytes.extend_from_slice(&piece[..read]);
        let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
        let length = text.split("content-length: ").nth(1).expect("a length");
        let length: usize = length.lines().next().expect("a length").trim().parse().expect("a length");
        if bytes.len() >= head + 4 + length {
            return bytes;
        }
    }
}
