//! Files beside the answers: taken piece by piece, never before the edit that names them, and given to who may see them.

use rasoat_casework::{AttachmentName, SubjectKind, interview_id};
use rasoat_exchange::{
    Accepted, Attachment, AttachmentAct, AttachmentAnswer, AttachmentRefusal, AttachmentRequest,
    AttachmentState, Bundle, CONTENT_TYPE, MAX_PIECE,
};
use rasoat_server::{import_bundle, show_bundle};
use uuid::Uuid;

use crate::support::{
    BEGIN, COMMUNE, ELSEWHERE, Laptop, Server, household, household_id, problem_of, subject, text,
};

/// A photo of so many bytes; another one for another seed.
fn photo(seed: u64, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    blake3::Hasher::new().update(&seed.to_be_bytes()).finalize_xof().fill(&mut bytes);
    bytes[..4].copy_from_slice(b"\xff\xd8\xff\xe0");
    bytes
}

/// A photo that an edit names, all of it there.
pub(crate) async fn a_photo_is_sent(server: &Server, laptop: &mut Laptop) {
    let content = photo(3, 100_000);
    server.send_name(laptop, named(&content)).await;
    server.put_all(laptop, &content, 65_536).await;
}

fn named(content: &[u8]) -> Attachment {
    Attachment::of(content).unwrap()
}

impl Laptop {
    /// An interview that names the file, of the commune.
    fn edit_naming(&mut self, file: Attachment, commune: &str) -> rasoat_casework::Edit {
        let id = household_id(&household());
        let interview = interview_id(id, rasoat_casework::Round(2026));
        let answers = vec![
            ("meta_household".to_owned(), text(&id.to_string())),
            ("house_photo".to_owned(), file.name.to_value().unwrap()),
        ];
        self.seal(subject(commune, SubjectKind::Interview, interview), None, answers)
    }
}

impl Server {
    /// Sends an edit that names the file; it is stored when this returns.
    async fn send_name(&self, laptop: &mut Laptop, file: Attachment) {
        let list = laptop.list(&household(), COMMUNE);
        let edit = laptop.edit_naming(file, COMMUNE);
        let batch = laptop.batch(&[list, edit]);
        let receipts = self.send(laptop, &[batch]).await;
        assert!(receipts[0].verdicts.iter().all(|verdict| verdict.code.is_stored()));
    }

    async fn post_attachment(&self, body: Vec<u8>) -> reqwest::Response {
        let client = reqwest::Client::new();
        let request = client.post(self.url("/v1/attachment")).header("content-type", CONTENT_TYPE);
        request.body(body).send().await.unwrap()
    }

    async fn act(&self, laptop: &Laptop, act: AttachmentAct) -> AttachmentAnswer {
        let request = AttachmentRequest { device: laptop.enrolment.device, nonce: 3, act };
        let (body, tag) = request.encode(&laptop.link());
        let response = self.post_attachment(body).await;
        assert_eq!(response.status(), 200);
        AttachmentAnswer::decode(&response.bytes().await.unwrap(), tag, &laptop.link()).unwrap()
    }

    async fn put(&self, laptop: &Laptop, file: Attachment, offset: usize, bytes: &[u8]) -> AttachmentState {
        let offset = u32::try_from(offset).unwrap();
        let act = AttachmentAct::Put { file, offset, bytes: bytes.to_vec() };
        let AttachmentAnswer::States(states) = self.act(laptop, act).await else { panic!("states") };
        states[0]
    }

    async fn ask_of(&self, laptop: &Laptop, file: Attachment) -> AttachmentState {
        let answer = self.act(laptop, AttachmentAct::Ask(vec![file])).await;
        let AttachmentAnswer::States(states) = answer else { panic!("states") };
        states[0]
    }

    /// All of a file in pieces of so many bytes.
    async fn put_all(&self, laptop: &Laptop, content: &[u8], piece: usize) -> AttachmentState {
        let mut at = AttachmentState::Part(0);
        for (number, bytes) in content.chunks(piece).enumerate() {
            at = self.put(laptop, named(content), number * piece, bytes).await;
        }
        at
    }

    async fn fetch(&self, laptop: &Laptop, name: AttachmentName, offset: u32, length: u32) -> (u32, Vec<u8>) {
        let answer = self.act(laptop, AttachmentAct::Get { name, offset, length }).await;
        let AttachmentAnswer::Piece { total, bytes } = answer else { panic!("a piece") };
        (total, bytes)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_piece_by_piece_after_the_edit_that_names_it_and_officers_see_it() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let content = photo(1, 200_000);
    let file = named(&content);
    assert_eq!(server.ask_of(&laptop, file).await, AttachmentState::Unnamed);
    assert_eq!(server.put(&laptop, file, 0, &content[..100]).await, AttachmentState::Unnamed);
    server.send_name(&mut laptop, file).await;
    assert_eq!(server.ask_of(&laptop, file).await, AttachmentState::Part(0));
    assert_eq!(server.put(&laptop, file, 0, &content[..65_536]).await, AttachmentState::Part(65_536));

    let (client, _) = server.officer().await;
    let path = format!("/api/households/{COMMUNE}/{}", household_id(&household()));
    let shown = server.get(&client, &path).await;
    let expected = serde_json::json!([{
        "name": file.name.to_string(), "media_type": "image/jpeg", "size": 200_000, "have": 65_536, "whole": false
    }]);
    assert_eq!(shown["attachments"], expected);
    let address = server.url(&format!("{path}/attachments/{}", file.name));
    assert_eq!(problem_of(client.get(&address).send().await.unwrap()).await.0, 404);

    assert_eq!(server.put(&laptop, file, 65_536, &content[65_536..]).await, AttachmentState::Whole);
    assert_eq!(server.ask_of(&laptop, file).await, AttachmentState::Whole);
    let response = client.get(&address).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.headers()["content-disposition"], format!("inline; filename=\"{}\"", file.name));
    assert_eq!(response.bytes().await.unwrap(), content);
    // Of another household, of nobody, and by somebody who is not logged in, it is not there.
    let other = server.url(&format!("/api/households/{COMMUNE}/{}/attachments/{}", Uuid::nil(), file.name));
    assert_eq!(problem_of(client.get(other).send().await.unwrap()).await.0, 404);
    let stranger = reqwest::Client::new().get(&address).send().await.unwrap();
    assert_eq!(problem_of(stranger).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_piece_counts_only_where_what_has_come_ends() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let content = photo(2, 30_000);
    let file = named(&content);
    server.send_name(&mut laptop, file).await;
    assert_eq!(server.put(&laptop, file, 0, &content[..10_000]).await, AttachmentState::Part(10_000));
    // Again, ahead, behind, and beyond the end: it says what it has.
    for (offset, bytes) in
        [(0, &content[..10_000]), (20_000, &content[20_000..]), (5_000, &content[5_000..15_000])]
    {
        assert_eq!(server.put(&laptop, file, offset, bytes).await, AttachmentState::Part(10_000));
    }
    let beyond = [&content[10_000..], &[0; 1]].concat();
    assert_eq!(server.put(&laptop, file, 10_000, &beyond).await, AttachmentState::Part(10_000));
    assert_eq!(server.put(&laptop, file, 10_000, &content[10_000..]).await, AttachmentState::Whole);
    assert_eq!(server.put(&laptop, file, 0, &content[..10]).await, AttachmentState::Whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_after_the_server_was_started_anew() {
    let mut server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let content = photo(3, 150_000);
    let file = named(&content);
    server.send_name(&mut laptop, file).await;
    server.put(&laptop, file, 0, &content[..65_536]).await;
    server.restart().await;
    assert_eq!(server.ask_of(&laptop, file).await, AttachmentState::Part(65_536));
    assert_eq!(server.put(&laptop, file, 65_536, &content[65_536..]).await, AttachmentState::Whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_what_its_name_says_is_dropped_and_may_be_sent_again() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let content = photo(4, 9_000);
    let file = named(&content);
    server.send_name(&mut laptop, file).await;
    let mut spoilt = content.clone();
    spoilt[8_000] ^= 1;
    server.put(&laptop, file, 0, &spoilt[..5_000]).await;
    let refused = server.put(&laptop, file, 5_000, &spoilt[5_000..]).await;
    assert_eq!(refused, AttachmentState::Refused(AttachmentRefusal::Damaged));
    assert_eq!(server.ask_of(&laptop, file).await, AttachmentState::Part(0));
    // A wrong size that somebody said before does not stand in the way.
    let wrong = Attachment { size: 20_000, ..file };
    assert_eq!(server.put(&laptop, wrong, 0, &content[..1_000]).await, AttachmentState::Part(1_000));
    assert_eq!(server.ask_of(&laptop, file).await, AttachmentState::Part(0));
    assert_eq!(server.put_all(&laptop, &content, 5_000).await, AttachmentState::Whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_by_size_type_and_quota_hold() {
    let mut server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let (small, second) = (photo(5, 9_000), photo(6, 9_000));
    let file = named(&small);
    for content in [&small, &second] {
        server.send_name(&mut laptop, named(content)).await;
    }
    for (size, refusal) in [
        (0, AttachmentRefusal::Empty),
        (6 * 1024 * 1024, AttachmentRefusal::TooLarge),
        (u32::MAX, AttachmentRefusal::TooLarge),
    ] {
        let claimed = Attachment { size, ..file };
        assert_eq!(server.ask_of(&laptop, claimed).await, AttachmentState::Refused(refusal));
        assert_eq!(server.put(&laptop, claimed, 0, &small[..10]).await, AttachmentState::Refused(refusal));
    }
    // A program under a photo's name.
    let program = [&b"MZ\x90\0"[..], &[7; 500]].concat();
    let name = AttachmentName { hash: rasoat_casework::AttachmentHash::of(&program), ..file.name };
    let disguised = Attachment { name, size: u32::try_from(program.len()).unwrap() };
    server.send_name(&mut laptop, disguised).await;
    let refused = server.put(&laptop, disguised, 0, &program).await;
    assert_eq!(refused, AttachmentState::Refused(AttachmentRefusal::Type));

    let config = server.dir.config().unwrap();
    assert_eq!(config.attachments.file_bytes, 5 * 1024 * 1024);
    for limit in ["device_bytes", "commune_bytes"] {
        server.limit_attachments(limit, 10_000).await;
        assert_eq!(server.put_all(&laptop, &small, 5_000).await, AttachmentState::Whole);
        let refused = server.put(&laptop, named(&second), 0, &second).await;
        assert_eq!(refused, AttachmentState::Refused(AttachmentRefusal::Quota), "{limit}");
    }
    server.limit_attachments("file_bytes", 8_999).await;
    assert_eq!(
        server.put(&laptop, named(&second), 0, &second).await,
        AttachmentState::Refused(AttachmentRefusal::TooLarge)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_commune_is_as_if_no_edit_named_it() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let content = photo(7, 3_000);
    let file = named(&content);
    // Out of its scope: the edit is refused, so the file has no name.
    let edit = laptop.edit_naming(file, ELSEWHERE);
    let batch = laptop.batch(&[edit]);
    let receipts = server.send(&laptop, &[batch]).await;
    assert_eq!(receipts[0].accepted, Accepted::Edits(Vec::new()));
    assert_eq!(server.put(&laptop, file, 0, &content).await, AttachmentState::Unnamed);

    // Another laptop's commune: what is there is not for this one.
    let mut other = server.enrol_in("Máy 02", ELSEWHERE).await;
    let edit = other.edit_naming(file, ELSEWHERE);
    let batch = other.batch(&[edit]);
    server.send(&other, &[batch]).await;
    assert_eq!(server.put(&other, file, 0, &content).await, AttachmentState::Whole);
    assert_eq!(server.fetch(&other, file.name, 0, MAX_PIECE).await, (3_000, content.clone()));
    assert_eq!(server.ask_of(&laptop, file).await, AttachmentState::Unnamed);
    assert_eq!(server.fetch(&laptop, file.name, 0, MAX_PIECE).await, (0, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn any_range_of_a_whole_file_is_given_and_nothing_of_a_part() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let content = photo(8, 40_000);
    let file = named(&content);
    server.send_name(&mut laptop, file).await;
    server.put(&laptop, file, 0, &content[..4_096]).await;
    assert_eq!(server.fetch(&laptop, file.name, 0, 10).await, (0, Vec::new()));
    for (number, bytes) in content[4_096..].chunks(7_000).enumerate() {
        server.put(&laptop, file, 4_096 + number * 7_000, bytes).await;
    }
    for (offset, length) in [
        (0, 40_000),
        (0, 1),
        (4_095, 2),
        (4_096, 7_000),
        (5_000, 20_000),
        (39_999, 100),
        (40_000, 9),
        (u32::MAX, 9),
    ] {
        let (total, bytes) = server.fetch(&laptop, file.name, offset, length).await;
        let from = (offset as usize).min(content.len());
        let to = from.saturating_add(length as usize).min(content.len());
        assert_eq!((total, bytes), (40_000, content[from..to].to_vec()), "{offset}+{length}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_not_the_laptops_is_refused() {
    let server = Server::start().await;
    let laptop = server.enrol("Máy 01").await;
    let other = server.enrol("Máy 02").await;
    let act = AttachmentAct::Ask(Vec::new());
    let request = AttachmentRequest { device: laptop.enrolment.device, nonce: 3, act };
    let code = async |body: Vec<u8>| problem_of(server.post_attachment(body).await).await;
    let (body, _) = request.encode(&other.link());
    assert_eq!(code(body).await, (403, "bad_signature".to_owned()));
    let (mut body, _) = request.encode(&laptop.link());
    body[5] ^= 1;
    assert_eq!(code(body).await, (403, "unknown_device".to_owned()));
    assert_eq!(code(b"GIF89a".to_vec()).await, (400, "unreadable".to_owned()));
    assert_eq!(code(vec![0; MAX_PIECE as usize + 4_096]).await, (413, "body_too_large".to_owned()));
    rasoat_server::revoke(&server.state, laptop.enrolment.device).await.unwrap();
    let (body, _) = request.encode(&laptop.link());
    assert_eq!(code(body).await, (403, "device_revoked".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stick_brings_files_with_their_edits_and_in_any_order() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let content = photo(9, 300_000);
    let file = named(&content);
    let list = laptop.list(&household(), COMMUNE);
    let edit = laptop.edit_naming(file, COMMUNE);
    let batch = laptop.batch(&[list, edit]);
    let recipient = [laptop.enrolment.bundle_recipient.clone().unwrap()];
    let device = laptop.enrolment.device;
    let sealed = |batches: Vec<_>| {
        let files = vec![(file, content.clone())];
        Bundle::of_edits(batches, files, device, BEGIN).unwrap().seal(&recipient).unwrap()
    };
    let alone = sealed(Vec::new());
    let report = import_bundle(&server.state, &alone).await.unwrap();
    assert_eq!((report.files.unnamed, report.files.new), (1, 0));
    assert!(report.waits() && report.refuses());
    let together = sealed(vec![batch]);
    assert_eq!(show_bundle(&server.dir, &together).unwrap().manifest.files, [file]);
    let report = import_bundle(&server.state, &together).await.unwrap();
    assert_eq!((report.files.new, report.refuses()), (1, false));
    let report = import_bundle(&server.state, &alone).await.unwrap();
    assert_eq!((report.files.known, report.files.new, report.refuses()), (1, 0, false));
    assert_eq!(server.ask_of(&laptop, file).await, AttachmentState::Whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_not_readable_on_the_servers_disk() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let content = photo(10, 100_000);
    server.send_name(&mut laptop, named(&content)).await;
    server.put_all(&laptop, &content, 65_536).await;
    let files = server.storage_files();
    let mut read = 0;
    for path in files {
        let bytes = std::fs::read(&path).unwrap_or_default();
        read += bytes.len();
        for marker in [&content[..16], &content[70_000..70_016]] {
            assert!(!bytes.windows(16).any(|window| window == marker), "{}", path.display());
        }
    }
    assert!(read > content.len());
}
