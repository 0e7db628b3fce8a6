//! The province is killed while papers come in, again and again: what arrived is not sent again, and what was confirmed is there.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rasoat_app::Carrier;
use rasoat_app::view::AttachForm;
use rasoat_casework::AttachmentName;
use rasoat_exchange::{CarrierError, Door, MAX_PIECE, SyncProtocol};
use rasoat_server::DataDir;
use rasoat_server::storage::Storage as _;
use rasoat_server::storage::sqlite::Sqlite;
use rasoat_sync::HttpCarrier;
use rasoat_testkit::{demo, laptop};

use crate::support::{SEED, ServerProcess, kills, machine_clock, seed};

/// Kills, unless `RASOAT_KILLS` says otherwise.
const KILLS: u32 = 12;
const PAPERS: u64 = 4;
const PAPER_BYTES: usize = 3_000_000;

/// Counts the bytes of messages about files.
struct Counting {
    http: HttpCarrier,
    sent: Arc<AtomicUsize>,
}

impl SyncProtocol for Counting {
    async fn post(&self, door: Door, request: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
        if door == Door::Attachment {
            self.sent.fetch_add(request.len(), Ordering::SeqCst);
        }
        self.http.post(door, request).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_of_the_province_cost_a_piece_each_and_lose_no_photo() {
    let kills = kills(KILLS);
    let mut random = ChaCha8Rng::seed_from_u64(seed());
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("province");
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let address = format!("http://127.0.0.1:{port}");
    ServerProcess::init(&data, &address);
    hand_out_the_form(&data).await;
    let handover = ServerProcess::enrol(&data, folder.path());

    let sent = Arc::new(AtomicUsize::new(0));
    let http = HttpCarrier::new([&address]).expect("an address");
    let carrier: Arc<dyn Carrier> = Arc::new(Counting { http, sent: Arc::clone(&sent) });
    let app =
        laptop::start_with(&folder.path().join("laptop"), machine_clock(), Some(carrier)).expect("started");
    laptop::enrol(&app, &handover).expect("first start");
    assert_eq!(laptop::import(&app, &demo::list_workbook(SEED)).expect("imported"), 60);
    let mut names = Vec::new();
    for (seed, row) in (0..PAPERS).zip(laptop::households(&app, "").expect("households")) {
        let paper = demo::paper(seed, PAPER_BYTES);
        names.push(AttachmentName::of(&paper).expect("a paper"));
        let content = base64(&paper);
        let form = AttachForm { household: row.id.clone(), path: "paper".to_owned(), content };
        app.attach(form).expect("attached");
        app.leave_interview(&row.id).expect("sealed");
    }

    let mut server = ServerProcess::serve_at(&data, port);
    let mut killed = 0;
    while app.sync_status().expect("a status").files.waiting > 0 {
        if killed < kills {
            let sending = app.clone();
            let exchange = tokio::spawn(async move { sending.sync_now().await.map(|_| ()) });
            // Not before something new came through, so that every life of the server brings it further.
            let before = sent.load(Ordering::SeqCst);
            while sent.load(Ordering::SeqCst) < before + 150_000 && !exchange.is_finished() {
                tokio::task::yield_now().await;
            }
            let (began, more) = (Instant::now(), Duration::from_micros(random.random_range(0..20_000)));
            while began.elapsed() < more {
                tokio::task::yield_now().await;
            }
            server.kill();
            killed += 1;
            exchange.await.expect("ended").expect("recorded");
            server = ServerProcess::serve_at(&data, port);
        } else {
            let status = app.sync_now().await.expect("sent");
            assert_eq!(status.problem, None);
        }
    }
    server.kill();
    let total = names.len() * PAPER_BYTES;
    let most = total + killed as usize * (MAX_PIECE as usize + 2_000) + 20_000;
    let sent = sent.load(Ordering::SeqCst);
    println!("{killed} kills, {} bytes beyond the papers' own", sent.saturating_sub(total));
    assert!(killed > 2 && sent <= most, "{sent} bytes of {total} in {killed} kills");

    let storage = open(&data);
    for (name, stored) in names.iter().zip(storage.attachments(names.clone()).await.expect("rows")) {
        let stored = stored.expect("a row");
        assert!(stored.whole, "{name}");
        let there = storage.attachment_range(*name, 0, stored.size).await.expect("its bytes");
        assert_eq!(AttachmentName::of(&there), Ok(*name));
    }
}

/// The form of these tests in place of the one that ships.
async fn hand_out_the_form(data: &std::path::Path) {
    let form = demo::form_with_files().expect("a form");
    open(data).put_instrument(form, i64::MAX).await.expect("imported");
}

fn open(data: &std::path::Path) -> Sqlite {
    let dir = DataDir::at(data);
    Sqlite::open(&dir.database(), &dir.keys().expect("its keys").storage).expect("its database")
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
