use std::sync::Mutex;

use axum::Router;
use axum::routing::get;
use tokio::sync::oneshot;

use super::*;

type Made = std::pin::Pin<Box<dyn Future<Output = Result<File, Refusal>> + Send>>;

/// A server whose one route makes a file once; its address.
async fn serving(make: impl FnOnce(Work) -> Made + Send + 'static) -> String {
    let make = Arc::new(Mutex::new(Some(make)));
    let route = move |headers: HeaderMap| {
        let make = make.lock().unwrap().take().unwrap();
        async move { answer(&headers, make).await }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let router: Router = Router::new().route("/", get(route));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn asked(address: &str, accept: &str) -> reqwest::Response {
    reqwest::Client::new().get(address).header("accept", accept).send().await.unwrap()
}

fn file() -> File {
    File { name: "bang.csv".to_owned(), media: CSV, bytes: b"a\nb\n".to_vec() }
}

#[tokio::test]
async fn whoever_asks_for_no_more_gets_the_file_or_the_refusal() {
    let address = serving(|work| {
        Box::pin(async move {
            work.at(1, 2)?;
            Ok(file())
        })
    });
    let response = asked(&address.await, "*/*").await;
    assert_eq!(response.headers()["content-type"], CSV);
    assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"bang.csv\"");
    assert_eq!(response.text().await.unwrap(), "a\nb\n");
    let address = serving(|_| Box::pin(async { Err(Refusal::NotFound) })).await;
    assert_eq!(asked(&address, "*/*").await.status(), 404);
}

#[tokio::test]
async fn whoever_asks_how_far_it_is_is_told_and_then_gets_the_bytes() {
    let (go, went) = oneshot::channel::<()>();
    let address = serving(|work| {
        Box::pin(async move {
            work.at(3, 7)?;
            went.await.unwrap();
            Ok(file())
        })
    });
    let mut response = asked(&address.await, &format!("application/json, {PROGRESS}")).await;
    assert_eq!(response.headers()["content-type"], PROGRESS);
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let first = response.chunk().await.unwrap().unwrap();
    assert_eq!(first, "{\"done\":3,\"total\":7}\n", "while it is made");
    go.send(()).unwrap();
    let rest = response.text().await.unwrap();
    let (head, bytes) = rest.split_once('\n').unwrap();
    let told: Json = serde_json::from_str(head).unwrap();
    assert_eq!(told, json!({ "file": { "name": "bang.csv", "media": CSV, "bytes": 4 } }));
    assert_eq!(bytes, "a\nb\n");
}

#[tokio::test]
async fn a_refusal_under_way_is_the_end_of_what_is_told() {
    let address = serving(|work| {
        Box::pin(async move {
            work.at(1, 2)?;
            Err(Refusal::ReportsPreparing { done: 5, of: 9 })
        })
    });
    let response = asked(&address.await, PROGRESS).await;
    assert_eq!(response.status(), 200);
    let text = response.text().await.unwrap();
    let last: Json = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    let params = json!({ "done": "5", "of": "9" });
    assert_eq!(last, json!({ "problem": { "status": 503, "code": "reports_preparing", "params": params } }));
}

/// Work that goes on until it hears that nobody waits, and says so.
fn endless(ended: oneshot::Sender<Refusal>) -> impl FnOnce(Work) -> Made + Send {
    |work| {
        Box::pin(async move {
            work.aside(|work| {
                let refusal = (0..).find_map(|done| work.at(done, usize::MAX).err());
                ended.send(refusal.unwrap()).unwrap();
                Ok(file())
            })
            .await
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_away_ends_the_work() {
    let (ended, end) = oneshot::channel();
    let address = serving(endless(ended)).await;
    let mut response = asked(&address, PROGRESS).await;
    assert!(response.chunk().await.unwrap().unwrap().starts_with(b"{\"done\":"));
    drop(response);
    assert_eq!(end.await.unwrap(), Refusal::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_away_ends_the_work_of_a_plain_answer_too() {
    let (ended, end) = oneshot::channel();
    let (begun, begin) = oneshot::channel();
    let make = endless(ended);
    let address = serving(|work| {
        begun.send(()).unwrap();
        make(work)
    })
    .await;
    let asking = tokio::spawn(async move { asked(&address, "*/*").await });
    begin.await.unwrap();
    asking.abort();
    assert_eq!(end.await.unwrap(), Refusal::Cancelled);
}

#[tokio::test]
async fn whoever_is_told_waits_for_what_is_being_counted_and_others_ask_again() {
    let asked = Mutex::new(0);
    let ask = async || {
        *asked.lock().unwrap() += 1;
        if *asked.lock().unwrap() < 3 { Err(Refusal::ReportsPreparing { done: 4, of: 9 }) } else { Ok(7) }
    };
    let work = Work::new(true);
    let told = work.told.subscribe();
    assert_eq!(work.counted(ask).await, Ok(7));
    assert_eq!(*told.borrow(), (4, 9));
    let preparing = async || Err::<(), _>(Refusal::ReportsPreparing { done: 4, of: 9 });
    assert_eq!(Work::new(false).counted(preparing).await, Err(Refusal::ReportsPreparing { done: 4, of: 9 }));
}

#[test]
fn a_document_tells_and_ends_as_the_work_does() {
    let waited = Waited(Work::new(false));
    let work = waited.0.clone();
    let told = work.told.subscribe();
    work.watched(|watch| watch.at(2, 5)).unwrap();
    assert_eq!(*told.borrow(), (2, 5));
    work.after(5).watched(|watch| watch.at(1, 5)).unwrap();
    assert_eq!(*told.borrow(), (6, 10), "a part behind another");
    drop(waited);
    assert_eq!(work.watched(|watch| watch.at(3, 5)), Err(Refusal::Cancelled));
    assert_eq!(work.watched(|_| Err::<(), _>(DocumentError::Nothing)), Err(Refusal::PapersNothing));
    let broken = DocumentError::Template("where".to_owned());
    assert_eq!(work.watched(|_| Err::<(), _>(broken)), Err(Refusal::Busy));
}
