//! The HTTP carrier against servers that answer, lie, stall and hang up, each on a loopback port of its own.
#![expect(clippy::unwrap_used, reason = "a builder of a test that fails is the test failing")]

use std::future::Future;
use std::time::Duration;

use rasoat_exchange::{CarrierError, Door, Problem, ProblemCode, SyncProtocol};
use rasoat_sync::HttpCarrier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

const PATIENT: Duration = Duration::from_secs(20);
const IMPATIENT: Duration = Duration::from_millis(50);

/// Answers one connection as told, and gives what it was asked.
async fn server<F, Fut>(answer: F) -> (String, JoinHandle<Vec<u8>>)
where
    F: FnOnce(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let asked = read_request(&mut stream).await;
        answer(stream).await;
        asked
    });
    (address, serving)
}

/// Head and body of one request.
async fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut asked = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.unwrap();
        asked.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&asked).to_lowercase();
        let Some(head) = text.find("\r\n\r\n") else { continue };
        let length =
            text.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse::<usize>();
        if asked.len() >= head + 4 + length.unwrap() || read == 0 {
            return asked;
        }
    }
}

/// A server that answers with these bytes and closes.
async fn saying(bytes: impl Into<Vec<u8>>) -> (String, JoinHandle<Vec<u8>>) {
    let bytes = bytes.into();
    server(|mut stream| async move {
        // The client may have turned away already.
        drop(stream.write_all(&bytes).await);
        drop(stream.shutdown().await);
    })
    .await
}

/// An address that is taken, so that no other test gets it, and where nobody listens.
fn nobody() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    (socket, address)
}

fn http(status: &str, kind: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

async fn ask(address: &str, stall: Duration) -> Result<Vec<u8>, CarrierError> {
    HttpCarrier::with_stall([address], stall).unwrap().post(Door::Exchange, b"a request".to_vec()).await
}

async fn ask_one_saying(bytes: impl Into<Vec<u8>>) -> Result<Vec<u8>, CarrierError> {
    let (address, _) = saying(bytes).await;
    ask(&address, PATIENT).await
}

const OURS: &str = "application/vnd.rasoat";

#[tokio::test]
async fn the_provinces_answer_comes_back_and_the_request_arrives_whole() {
    let (address, serving) = saying(http("200 OK", OURS, "an answer")).await;
    assert_eq!(ask(&address, PATIENT).await, Ok(b"an answer".to_vec()));
    let asked = String::from_utf8(serving.await.unwrap()).unwrap().to_lowercase();
    assert!(asked.starts_with("post /v1/sync http/1.1\r\n"), "{asked}");
    // Every byte of a small request counts: it says nothing that the path does not.
    assert!(!asked.contains("content-type:"), "{asked}");
    assert!(asked.ends_with("\r\n\r\na request"), "{asked}");
}

#[tokio::test]
async fn a_large_request_arrives_whole() {
    let (address, serving) = saying(http("200 OK", OURS, "ok")).await;
    let request: Vec<u8> = (0..300_000u32).map(|number| (number % 251) as u8).collect();
    let carrier = HttpCarrier::with_stall([&address], PATIENT).unwrap();
    assert_eq!(carrier.post(Door::Exchange, request.clone()).await, Ok(b"ok".to_vec()));
    assert!(serving.await.unwrap().ends_with(&request));
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let (_held, address) = nobody();
    assert_eq!(ask(&address, PATIENT).await, Err(CarrierError::Unreachable));
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_unreachable() {
    let error = ask("https://province.invalid", PATIENT).await;
    assert_eq!(error, Err(CarrierError::Unreachable));
}

#[tokio::test]
async fn a_sign_in_page_is_not_the_province() {
    let page = "<html>Wi-Fi</html>";
    for (status, code) in [("200 OK", 200), ("302 Found", 302), ("511 Network Authentication Required", 511)]
    {
        let error = ask_one_saying(http(status, "text/html; charset=utf-8", page)).await;
        assert_eq!(error, Err(CarrierError::NotTheProvince { status: code, html: true }));
    }
}

#[tokio::test]
async fn another_program_is_not_the_province() {
    let error = ask_one_saying(http("200 OK", "application/json", "{}")).await;
    assert_eq!(error, Err(CarrierError::NotTheProvince { status: 200, html: false }));
    let error = ask_one_saying("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(error, Err(CarrierError::NotTheProvince { status: 404, html: false }));
    let error = ask_one_saying(http("403 Forbidden", "application/problem+json", "not json")).await;
    assert_eq!(error, Err(CarrierError::NotTheProvince { status: 403, html: false }));
}

#[tokio::test]
async fn garbage_is_not_the_province() {
    let error = ask_one_saying(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec()).await;
    assert_eq!(error, Err(CarrierError::NotTheProvince { status: 0, html: false }));
}

#[tokio::test]
async fn a_refusal_comes_with_its_code_and_parameters() {
    let body = r#"{"code":"protocol_too_new","params":{"max":"1"}}"#;
    let error = ask_one_saying(http("400 Bad Request", "application/problem+json", body)).await.unwrap_err();
    assert_eq!(error.code(), "protocol_too_new");
    let CarrierError::Refused(problem) = error else { panic!("{error}") };
    assert_eq!(problem.params["max"], "1");
    let error = ask_one_saying(http("413 Content Too Large", "text/html", "nginx")).await;
    assert_eq!(error, Err(CarrierError::Refused(Problem::from(ProblemCode::BodyTooLarge))));
}

#[tokio::test]
async fn a_busy_province_says_when_to_come_again() {
    let body = r#"{"code":"server_busy","params":{}}"#;
    let answer = http("503 Service Unavailable", "application/problem+json", body);
    for (header, expected) in
        [("retry-after: 30", Some("30")), ("retry-after: Wed, 21 Oct 2026 07:28:00 GMT", None)]
    {
        let answer = answer.replacen("\r\n", &format!("\r\n{header}\r\n"), 1);
        let CarrierError::Refused(problem) = ask_one_saying(answer).await.unwrap_err() else {
            panic!("{header}")
        };
        assert_eq!(problem.code, ProblemCode::ServerBusy);
        assert_eq!(problem.params.get("retry_after_s").map(String::as_str), expected);
    }
}

#[tokio::test]
async fn hanging_up_before_or_within_the_answer_is_a_cut() {
    assert_eq!(ask_one_saying("").await, Err(CarrierError::CutOff));
    let half = http("200 OK", OURS, "an answer").replace("an answer", "an");
    assert_eq!(ask_one_saying(half).await, Err(CarrierError::CutOff));
}

#[tokio::test]
async fn silence_is_a_stall_before_and_within_the_answer() {
    let beginning = format!("HTTP/1.1 200 OK\r\ncontent-type: {OURS}\r\ncontent-length: 10\r\n\r\nan");
    for said in [String::new(), beginning] {
        let (hold, held) = tokio::sync::oneshot::channel::<()>();
        let (address, _) = server(|mut stream| async move {
            stream.write_all(said.as_bytes()).await.unwrap();
            drop(held.await);
        })
        .await;
        assert_eq!(ask(&address, IMPATIENT).await, Err(CarrierError::Stalled));
        drop(hold);
    }
}

#[tokio::test]
async fn a_server_that_stops_taking_the_request_is_a_stall() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let accepted = tokio::spawn(async move { listener.accept().await.unwrap() });
    // More than the buffers of both ends hold.
    let carrier = HttpCarrier::with_stall([&address], Duration::from_millis(300)).unwrap();
    assert_eq!(carrier.post(Door::Exchange, vec![0; 64 * 1024 * 1024]).await, Err(CarrierError::Stalled));
    assert!(accepted.await.is_ok());
}

#[tokio::test]
async fn an_answer_that_trickles_for_longer_than_the_patience_arrives() {
    let stall = Duration::from_secs(1);
    let (address, _) = server(|mut stream| async move {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {OURS}\r\ncontent-length: 12\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut beat = tokio::time::interval(Duration::from_millis(100));
        for _ in 0..12 {
            beat.tick().await;
            stream.write_all(b"x").await.unwrap();
        }
    })
    .await;
    let began = tokio::time::Instant::now();
    assert_eq!(ask(&address, stall).await, Ok(b"xxxxxxxxxxxx".to_vec()));
    assert!(began.elapsed() > stall, "the answer was not slow enough to show anything");
}

#[tokio::test]
async fn an_answer_too_large_is_refused_unread() {
    let claimed = format!("HTTP/1.1 200 OK\r\ncontent-type: {OURS}\r\ncontent-length: 99999999999\r\n\r\n");
    assert_eq!(ask_one_saying(claimed).await, Err(CarrierError::AnswerTooLarge));

    let (address, _) = server(|mut stream| async move {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {OURS}\r\ntransfer-encoding: chunked\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let chunk = [b"100000\r\n".to_vec(), vec![0; 0x10_0000], b"\r\n".to_vec()].concat();
        while stream.write_all(&chunk).await.is_ok() {}
    })
    .await;
    assert_eq!(ask(&address, PATIENT).await, Err(CarrierError::AnswerTooLarge));
}

#[tokio::test]
async fn a_server_without_tls_where_tls_is_due_is_a_tls_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; 16];
        stream.read_exact(&mut hello).await.unwrap();
        drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await);
        // Until the client is gone: closing with unread bytes would reset the connection.
        while stream.read(&mut hello).await.is_ok_and(|read| read > 0) {}
    });
    assert_eq!(ask(&address, PATIENT).await, Err(CarrierError::Tls));
}

#[tokio::test]
async fn addresses_are_tried_in_order_until_one_leads_to_the_province() {
    let (portal, _) = saying(http("200 OK", "text/html", "<html>")).await;
    let (province, _) = saying(http("200 OK", OURS, "an answer")).await;
    let carrier = HttpCarrier::with_stall([portal.as_str(), "ftp://x", &province], PATIENT).unwrap();
    assert_eq!(carrier.post(Door::Exchange, b"a request".to_vec()).await, Ok(b"an answer".to_vec()));
}

#[tokio::test]
async fn the_error_of_several_addresses_is_of_the_first_that_led_anywhere() {
    let (_held, nobody) = nobody();
    let (portal, _) = saying(http("200 OK", "text/html", "<html>")).await;
    let carrier = HttpCarrier::with_stall([&nobody, &portal, &nobody], PATIENT).unwrap();
    let error = carrier.post(Door::Exchange, b"x".to_vec()).await;
    assert_eq!(error, Err(CarrierError::NotTheProvince { status: 200, html: true }));
}

#[tokio::test]
async fn a_refusal_is_final_and_no_other_address_is_asked() {
    let body = r#"{"code":"device_revoked"}"#;
    let (refusing, _) = saying(http("403 Forbidden", "application/problem+json", body)).await;
    let (other, serving) = saying(http("200 OK", OURS, "an answer")).await;
    let carrier = HttpCarrier::with_stall([&refusing, &other], PATIENT).unwrap();
    assert_eq!(carrier.post(Door::Exchange, b"x".to_vec()).await.unwrap_err().code(), "device_revoked");
    assert!(!serving.is_finished());
}

#[tokio::test]
async fn plain_http_is_for_the_same_machine_only() {
    for address in
        ["http://province.example", "http://10.0.0.1:80", "province.example", "", "file:///etc/hosts"]
    {
        assert_eq!(ask(address, PATIENT).await, Err(CarrierError::NoAddress), "{address}");
    }
}
