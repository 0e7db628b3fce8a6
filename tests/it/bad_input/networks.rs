//! Sending where the network or the clock is wrong: a code for each, nothing lost, and it goes on by itself after.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rasoat_app::App;
use rasoat_app::view::{Custody, SyncView};
use rasoat_sync::HttpCarrier;
use rasoat_testkit::laptop::{self, PASSPHRASE};
use rasoat_testkit::province::Province;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Desk, Officer, answer, assert_worded, value_at};

const YEAR_MILLIS: i64 = 365 * 24 * 60 * 60 * 1000;

/// What stands where the province should.
#[derive(Clone, Copy)]
enum Stranger {
    /// Takes everything, answers nothing.
    Silent,
    /// A page to sign in at, instead of the answer.
    Portal,
    /// The way to such a page.
    Redirect,
    /// Ends the connection in the middle of the answer.
    CutsOff,
}

async fn stranger(kind: Stranger) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(receive(stream, kind));
        }
    });
    address
}

async fn receive(mut stream: TcpStream, kind: Stranger) {
    let page = "<html><body>Wi-Fi: xin mời đăng nhập</body></html>";
    let answer = match kind {
        Stranger::Silent => String::new(),
        Stranger::Portal => {
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{page}",
                page.len()
            )
        }
        Stranger::Redirect => {
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_owned()
        }
        Stranger::CutsOff => {
            "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.rasoat\r\ncontent-length: 900\r\n\r\nabc"
                .to_owned()
        }
    };
    let mut piece = vec![0; 64 * 1024];
    let first = stream.read(&mut piece).await.unwrap_or_default();
    if first > 0 && !answer.is_empty() {
        // Whoever asked may have turned away already.
        drop(stream.write_all(answer.as_bytes()).await);
        if matches!(kind, Stranger::CutsOff) {
            return;
        }
    }
    while stream.read(&mut piece).await.is_ok_and(|read| read > 0) {}
}

/// The same laptop, with its exchanges led elsewhere.
fn led_to(desk: &Desk, province: &Province, address: SocketAddr) -> App {
    let carrier = HttpCarrier::with_stall([format!("http://{address}")], Duration::from_millis(300));
    let carrier = Arc::new(carrier.expect("a carrier"));
    let app =
        laptop::start_with(desk.folder.path(), province.clock.reader(), Some(carrier)).expect("started");
    app.unlock(PASSPHRASE).expect("opened");
    app
}

fn problem(status: &SyncView) -> &str {
    status.problem.as_ref().map_or("none", |problem| &problem.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_network_is_told_by_code_and_nothing_is_lost_or_called_sent() {
    let mut province = Province::start().await.expect("a province");
    let desk = Desk::at(&province).await;
    let household = desk.household().id;
    answer(&desk.app, &household, "address", "Ngõ sau đình").expect("answered");
    desk.app.leave_interview(&household).expect("left");
    let waiting = desk.app.sync_status().expect("a status").unsent_edits;
    assert!(waiting > 60);

    for (kind, code) in [
        (Stranger::Silent, "stalled"),
        (Stranger::Portal, "not_the_province"),
        (Stranger::Redirect, "not_the_province"),
        (Stranger::CutsOff, "cut_off"),
    ] {
        let app = led_to(&desk, &province, stranger(kind).await);
        let status = app.sync_now().await.expect("tried");
        assert_eq!(
            (problem(&status), status.unsent_edits, status.last_success.as_ref()),
            (code, waiting, None)
        );
        assert_eq!(status.custody.confirmed, 0, "{code}");
        assert_worded(&format!("problem_{code}"));
        assert_eq!(app.household(&household).expect("a household").row.custody, Custody::OnlyHere, "{code}");
        assert_eq!(value_at(&app, &household, "address").as_deref(), Some("Ngõ sau đình"), "{code}");
        if code == "not_the_province" {
            let params = status.problem.expect("a problem").params;
            assert_eq!(params["html"], matches!(kind, Stranger::Portal).to_string());
        }
    }

    province.stop().await.expect("stopped");
    let status = desk.app.sync_now().await.expect("tried");
    assert_eq!((problem(&status), status.unsent_edits), ("unreachable", waiting));
    assert_worded("problem_unreachable");
    province.go_on().await.expect("answers again");
    let status = desk.app.sync_now().await.expect("sent");
    assert_eq!((problem(&status), status.unsent_edits, status.custody.confirmed), ("none", 0, 60));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_wrong_by_years_is_said_and_stops_nothing() {
    for years in [-20, 20] {
        let province = Province::start().await.expect("a province");
        let desk = Desk::at(&province).await;
        let household = desk.household().id;
        // The laptop's clock alone: its battery is dead.
        let wrong = province.clock.now() + years * YEAR_MILLIS;
        let app = laptop::start(desk.folder.path(), Arc::new(move || wrong)).expect("started");
        let state = app.unlock(PASSPHRASE).expect("opened");
        assert_eq!(state.warnings, ["clock_wrong"], "{years}");
        answer(&app, &household, "address", "Ngõ sau đình").expect("answered");
        app.leave_interview(&household).expect("left");
        let status = app.sync_now().await.expect("sent");
        assert_eq!(
            (problem(&status), status.unsent_edits, status.custody.confirmed),
            ("none", 0, 60),
            "{years}"
        );
        let off = status.clock_off_s.expect("how far it is off");
        assert!((off.abs() - 20.0 * YEAR_MILLIS as f64 / 1000.0).abs() < 86_400.0, "{years}: {off}");

        // Put right, it goes on; what was made under the wrong clock is not newer or older than it is.
        let app = laptop::start(desk.folder.path(), province.clock.reader()).expect("started");
        app.unlock(PASSPHRASE).expect("opened");
        answer(&app, &household, "address", "Ngõ trước đình").expect("answered");
        app.leave_interview(&household).expect("left");
        let status = app.sync_now().await.expect("sent");
        assert_eq!((problem(&status), status.clock_off_s), ("none", None), "{years}");
        assert_eq!(app.state().warnings, [""; 0], "{years}");
        let officer = Officer::log_in(&province.url(""), province.password()).await;
        assert_eq!(officer.get("/api/communes").await["totals"]["conflicts"], 0, "{years}");
        assert_eq!(officer.address_of(&household).await.0, "Ngõ trước đình", "{years}");
    }
}
