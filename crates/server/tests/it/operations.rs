//! What whoever runs the server relies on: TLS, readiness, figures, copies and their way back, and the doctor.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use rasoat_server::{
    Certificates, DataDir, Health, Looked, ServerBackupError, TlsError, TlsFiles, TlsListener, back_up,
    doctor, restore,
};
use rasoat_testkit::Household;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::support::{BEGIN, COMMUNE, Server, household, household_id};

/// A certificate of its own making for this machine, with its key, as files; what to trust, DER.
fn certificate(folder: &Path) -> (TlsFiles, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let files = TlsFiles { certificate: folder.join("tls.pem"), key: folder.join("tls.key") };
    fs::write(&files.certificate, made.cert.pem()).unwrap();
    fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    (files, made.cert.der().to_vec())
}

fn trusting(certificate: &[u8]) -> reqwest::Client {
    let trusted = reqwest::Certificate::from_der(certificate).unwrap();
    reqwest::Client::builder().tls_certs_only([trusted]).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shakes_no_hands_keeps_nobody_waiting_and_a_certificate_is_one_with_its_key() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (files, trusted) = certificate(folder.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let certificates = Certificates::load(&files, Path::new("/")).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let listener = TlsListener::over(listener, certificates, &server.state).unwrap();
    let serving = tokio::spawn(rasoat_server::serve(listener, server.state.clone(), async move {
        stopped.await.ok();
    }));

    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    let client = trusting(&trusted);
    let said = client.get(format!("https://{address}/healthz")).send().await.unwrap();
    assert_eq!(said.text().await.unwrap(), "ok\n");
    assert!(reqwest::get(format!("https://{address}/healthz")).await.is_err(), "nobody else vouches for it");
    assert!(
        reqwest::get(format!("http://{address}/healthz")).await.is_err(),
        "nothing is answered in the open"
    );
    drop(client);
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();

    let (other, _) = certificate(tempfile::tempdir_in(folder.path()).unwrap().keep().as_path());
    let mixed = TlsFiles { certificate: files.certificate.clone(), key: other.key };
    assert!(matches!(Certificates::load(&mixed, Path::new("/")), Err(TlsError::Unusable(_))));
    fs::write(&files.key, "no key").unwrap();
    assert!(matches!(Certificates::load(&files, Path::new("/")), Err(TlsError::Unusable(_))));
    fs::remove_file(&files.key).unwrap();
    assert!(matches!(Certificates::load(&files, Path::new("/")), Err(TlsError::Io(..))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_taken_and_one_that_is_damaged_is_not() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (files, first) = certificate(folder.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let certificates = Certificates::load_looking(&files, Path::new("/"), Duration::ZERO).unwrap();
    let listener = TlsListener::over(listener, certificates, &server.state).unwrap();
    tokio::spawn(rasoat_server::serve(listener, server.state.clone(), std::future::pending()));
    let answers = async |trusted: &[u8]| {
        trusting(trusted).get(format!("https://{address}/healthz")).send().await.is_ok()
    };
    assert!(answers(&first).await);
    let (_, second) = certificate(folder.path());
    assert!(answers(&second).await && !answers(&first).await);
    fs::write(&files.certificate, "half of i").unwrap();
    assert!(answers(&second).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_name_routes_and_never_what_they_were_asked_for() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let edits = [laptop.list(&household(), COMMUNE), laptop.interview(&household(), laptop.instrument())];
    server.send(&laptop, &[laptop.batch(&edits)]).await;
    let (officer, _) = server.officer().await;
    let id = household_id(&household());
    server.get(&officer, &format!("/api/households/{COMMUNE}/{id}")).await;
    let odd = "BREW".parse().unwrap();
    officer.request(odd, server.url("/healthz")).send().await.unwrap();

    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = door.local_addr().unwrap();
    let router = rasoat_server::metrics_router(server.state.clone());
    tokio::spawn(async move { axum::serve(door, router).await });
    let text = reqwest::get(format!("http://{address}/metrics")).await.unwrap().text().await.unwrap();
    for line in [
        r#"rasoat_requests_total{method="GET",route="/api/households/{commune}/{id}",status="200"} 1"#,
        r#"rasoat_batches_total{outcome="Taken"} 1"#,
        "rasoat_edits_total 2",
        "rasoat_requests_under_way 0",
        r#"method="other""#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    // What a figure is of, not the figure: any digits may stand in that.
    let said: Vec<&str> = text.lines().filter_map(|line| Some(line.rsplit_once(' ')?.0)).collect();
    for word in [id.to_string().as_str(), COMMUNE, "BREW"] {
        assert!(!said.iter().any(|of| of.contains(word)), "{word}");
    }
    let open = reqwest::get(server.url("/metrics")).await.unwrap();
    assert!(!open.text().await.unwrap().contains("rasoat_"), "not by the door of everybody");
    assert_eq!(reqwest::get(server.url("/readyz")).await.unwrap().text().await.unwrap(), "ready\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_while_laptops_send_is_put_in_place_with_its_keys_alone() {
    let server = Server::start_on(None).await;
    let mut laptop = server.enrol("Máy 01").await;
    let first = laptop.list(&household(), COMMUNE);
    let mut sent = vec![laptop.batch(&[first])];
    server.send(&laptop, &sent).await;
    let folder = tempfile::tempdir().unwrap();
    let (to, with_keys) = (folder.path().join("copy"), folder.path().join("whole"));
    let made = {
        let (dir, to) = (server.dir.clone(), to.clone());
        let copying = tokio::task::spawn_blocking(move || back_up(&dir, &to, false, BEGIN));
        for number in 0..20_u32 {
            let other = Household { code: format!("HO-{number}"), ..household() };
            let edit = laptop.list(&other, COMMUNE);
            sent.push(laptop.batch(std::slice::from_ref(&edit)));
            let receipt = server.send(&laptop, &sent[sent.len() - 1..]).await.remove(0);
            assert!(receipt.accepts(edit.id));
        }
        copying.await.unwrap().unwrap()
    };
    assert!(made.bytes() > 10_000);
    back_up(&server.dir, &with_keys, true, BEGIN).unwrap();
    assert!(matches!(back_up(&server.dir, &to, false, BEGIN), Err(ServerBackupError::DataDir(_))));

    let place = |name: &str| DataDir::at(folder.path().join(name));
    let keys = server.dir.path().join("keys");
    assert!(matches!(restore(&to, None, &place("no-keys")), Err(ServerBackupError::NoKeys)));
    let stranger = Server::start_on(None).await;
    let strange = restore(&to, Some(&stranger.dir.path().join("keys")), &place("strange"));
    assert!(matches!(strange, Err(ServerBackupError::Storage(_))), "{strange:?}");
    assert!(place("strange").config().is_err(), "what is not whole is no server");
    assert!(matches!(restore(folder.path(), None, &place("none")), Err(ServerBackupError::NotABackup(_))));

    restore(&to, Some(&keys), &place("back")).unwrap();
    restore(&with_keys, None, &place("back-whole")).unwrap();
    let taken = restore(&to, Some(&keys), &place("back"));
    assert!(matches!(taken, Err(ServerBackupError::DataDir(_))), "never over another");
    let whole = server.over(place("back-whole")).await;
    assert_eq!(whole.ask(&laptop, &sent).await.len(), sent.len(), "all that was sent before the copy");
    let back = server.over(place("back")).await;
    assert!(!back.ask(&laptop, &sent[..1]).await.is_empty(), "what was sent before the copy was begun");
    // What the copy lacks comes again, and is as it was.
    back.send(&laptop, &sent).await;
    let all = async |server: &Server| server.list(&server.officer().await, json!({})).await["rows"].clone();
    assert_eq!(all(&back).await, all(&server).await);

    let database = to.join("rasoat.db");
    let mut bytes = fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&database, bytes).unwrap();
    let damaged = restore(&to, Some(&keys), &place("damaged"));
    assert!(matches!(damaged, Err(ServerBackupError::Damaged(name)) if name == "rasoat.db"));
    assert!(!place("damaged").path().exists());
}

fn ask_doctor(dir: &DataDir) -> Output {
    let data = dir.path().to_str().unwrap();
    Command::new(env!("CARGO_BIN_EXE_rasoat-server")).args(["doctor", "--data", data]).output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_what_is_ill_and_what_to_do() {
    let server = Server::start().await;
    let how = |looked: Looked| {
        let found = doctor(&server.dir, BEGIN);
        found.into_iter().find(|(what, _)| *what == looked).map(|(_, health)| health)
    };
    let well = [Looked::Config, Looked::Keys, Looked::Permissions, Looked::Database, Looked::Clock];
    for looked in well {
        assert_eq!(how(looked), Some(Health::Well), "{looked:?}");
    }
    assert_eq!(how(Looked::Certificate), None);
    assert!(ask_doctor(&server.dir).status.success());
    // The disk of whoever tests may be nearly full.
    let doubtful = |now_millis| {
        let found = doctor(&server.dir, now_millis).into_iter();
        let found = found.filter(|(what, health)| *health != Health::Well && *what != Looked::Room);
        found.map(|(what, _)| what).collect::<Vec<_>>()
    };
    assert_eq!((doubtful(BEGIN), doubtful(0)), (vec![], vec![Looked::Clock]));

    let config = server.dir.path().join("rasoat-server.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}\n[tls]\ncertificate = \"no.pem\"\nkey = \"no.key\"\n")).unwrap();
    assert!(matches!(how(Looked::Certificate), Some(Health::Ill(_))));
    fs::write(&config, text.replace("http://127.0.0.1:1", "http://rasoat.example.vn")).unwrap();
    assert_eq!(how(Looked::Address), Some(Health::Doubtful));
    fs::write(&config, format!("tittle = 1\n{text}")).unwrap();
    let said = ask_doctor(&server.dir);
    let words = String::from_utf8(said.stdout).unwrap();
    assert!(!said.status.success() && words.contains("tittle") && words.contains("khóa lạ"), "{words}");
    fs::write(&config, &text).unwrap();

    let key = server.dir.path().join("keys/database.key");
    let right = fs::read_to_string(&key).unwrap();
    fs::write(&key, "0".repeat(64)).unwrap();
    assert!(matches!(how(Looked::Database), Some(Health::Ill(_))));
    fs::write(&key, "zero").unwrap();
    assert!(matches!(how(Looked::Keys), Some(Health::Ill(_))));
    fs::write(&key, right).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(how(Looked::Permissions), Some(Health::Doubtful));
        fs::set_permissions(server.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(how(Looked::Permissions), Some(Health::Ill(_))));
    }
}
