//! Papers of a commune, filled from what came in: who stands in which, what is read there, who may have them, and what is left of them.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use rasoat_casework::papers::PaperKind;
use rasoat_casework::procedure::{CaseAct, Deed, act_changes};
use rasoat_casework::{
    Change, Decision, Draft, Edit, Round, Step, SubjectKind, VersionVector, case_id, decide, fold_name,
    version_mark,
};
use rasoat_instrument::Path;
use rasoat_server::view::Role;
use rasoat_testkit::interviewer::{poor, surely_poor};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::requests::{act, person, register};
use crate::support::{
    Browser, COMMUNE, ELSEWHERE, Laptop, Server, done, household, household_id, post, refused, subject,
};

const ROUND: Round = Round(2026);
const PROGRESS: &str = "application/vnd.rasoat.progress";

/// How far a household is carried.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Far {
    Accepted,
    Agreed,
    Posted,
    Recognised,
}

impl Laptop {
    fn of_case(
        &mut self,
        commune: &str,
        household: Uuid,
        changes: BTreeMap<Path, Change>,
        seen: &[&Edit],
    ) -> Edit {
        let mut vector = VersionVector::default();
        seen.iter().for_each(|edit| vector.insert(edit.id));
        let draft = Draft {
            subject: subject(commune, SubjectKind::Case, case_id(household, ROUND)),
            seen: vector,
            author: self.enrolment.surveyor.clone(),
            instrument: None,
            changes,
        };
        self.chain.seal(draft, crate::support::BEGIN - 30_000).unwrap()
    }

    /// The edits that carry an interview on its way.
    fn carries(&mut self, commune: &str, household: Uuid, interview: &Edit, far: Far) -> Vec<Edit> {
        let version = VersionVector(BTreeMap::from([(interview.id.writer, interview.id.seq)]));
        let over = version_mark(&version);
        let (by, at) = ("Cán bộ xã".into(), "2026-09-20T08:00:00Z".to_owned());
        let decision = Decision { step: Step::Accepted, by, at, over: over.clone() };
        let mut edits =
            vec![self.of_case(commune, household, decide(household, ROUND, &decision, &[]).unwrap(), &[])];
        let deeds = [
            (Far::Agreed, meeting()),
            (
                Far::Posted,
                Deed::Posting {
                    from: "2026-09-22".parse().unwrap(),
                    until: "2026-09-24".parse().unwrap(),
                    place: "Nhà văn hóa Bản Thử".to_owned(),
                },
            ),
            (
                Far::Recognised,
                Deed::Recognition {
                    number: "12/QĐ-UBND".to_owned(),
                    on: "2026-09-29".parse().unwrap(),
                    class: "poor".to_owned(),
                },
            ),
        ];
        let mut after = BTreeSet::new();
        for (place, (step, deed)) in deeds.into_iter().enumerate() {
            if step > far {
                break;
            }
            let id: rasoat_instrument::InstanceId = format!("a{place}").parse().unwrap();
            let act = CaseAct {
                id: id.clone(),
                deed,
                over: over.clone(),
                after: std::mem::replace(&mut after, BTreeSet::from([id])),
                procedure: "vn-2022-2026".to_owned(),
                by: "Cán bộ xã".into(),
                at: format!("2026-09-2{}T08:00:00Z", place + 1),
                withdrawn: None,
            };
            let changes = act_changes(household, ROUND, &act).unwrap();
            let seen: Vec<&Edit> = edits.iter().collect();
            let edit = self.of_case(commune, household, changes, &seen);
            edits.push(edit);
        }
        edits
    }
}

fn meeting() -> Deed {
    Deed::Meeting {
        on: "2026-09-21".parse().unwrap(),
        attended: 41,
        agreed: 40,
        passed: true,
        minutes: "01/BB".to_owned(),
        chair: "Hoàng Văn Chủ".to_owned(),
        secretary: "Lý Thị Thư".to_owned(),
        representative: "Nông Văn Diện".to_owned(),
    }
}

/// Who lives in a generated household, as its list says.
struct Known {
    id: Uuid,
    head: String,
    others: Vec<String>,
    /// What may not stand on a wall: citizen IDs and dates of birth.
    secret: Vec<String>,
}

impl Known {
    fn of(listed: &Edit) -> Self {
        let said = |name: &str| -> Vec<String> {
            let here = listed.changes.iter().filter(|(path, _)| path.field_name() == Some(name));
            here.filter_map(|(_, change)| match change {
                Change::Set(value) => Some(value.to_string()),
                Change::Removed => None,
            })
            .collect()
        };
        let heads = listed.changes.iter().find_map(|(path, change)| match change {
            Change::Set(value) if path.field_name() == Some("relation") && value.to_string() == "head" => {
                path.enclosing_instance()
            }
            Change::Set(_) | Change::Removed => None,
        });
        let name = heads.unwrap().child("full_name").unwrap();
        let Some(Change::Set(head)) = listed.changes.get(&name) else { panic!("a head") };
        let head = head.to_string();
        let others = said("full_name").into_iter().filter(|name| *name != head).collect();
        let born = said("birth").into_iter().filter(|birth| birth.len() == 10);
        let born = born.map(|birth| format!("{}/{}/{}", &birth[8..], &birth[5..7], &birth[..4]));
        Self {
            id: listed.subject.id,
            head,
            others,
            secret: said("citizen_id").into_iter().chain(born).collect(),
        }
    }
}

/// A commune with households at four steps of the way, and one that nobody has asked. The result of the first is provisional.
async fn commune(server: &Server) -> Vec<Known> {
    let mut laptop = server.enrol("Máy 01").await;
    let instrument = laptop.instrument();
    let all = rasoat_testkit::households(2026).into_iter().filter(|one| one.head().citizen_id.is_some());
    let all: Vec<_> = all.take(5).collect();
    let steps = [Far::Accepted, Far::Agreed, Far::Posted, Far::Recognised];
    let (mut edits, mut known) = (Vec::new(), Vec::new());
    for (place, of) in all.iter().enumerate() {
        let listed = laptop.list(of, COMMUNE);
        known.push(Known::of(&listed));
        edits.push(listed);
        let Some(far) = steps.get(place) else { break };
        let answers = if place == 0 { poor() } else { surely_poor() };
        let interview = laptop.interview_as(of, instrument, &answers);
        let acts = laptop.carries(COMMUNE, household_id(of), &interview, *far);
        edits.push(interview);
        edits.extend(acts);
    }
    for some in edits.chunks(5) {
        let receipts = server.send(&laptop, &[laptop.batch(some)]).await;
        assert!(receipts.iter().all(|receipt| receipt.verdicts.is_empty()), "{receipts:?}");
    }
    known
}

fn form(kind: &str, format: &str, place: &str) -> Json {
    json!({ "kind": kind, "format": format, "place": place })
}

async fn made(server: &Server, who: &Browser, form: Json) -> Vec<u8> {
    let response = post(server, who, "/api/papers/file", form.clone()).await;
    assert_eq!(response.status(), 200, "{form}");
    let kind = form["kind"].as_str().unwrap();
    let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.contains(&format!("{kind}.{}", form["format"].as_str().unwrap())), "{name}");
    response.bytes().await.unwrap().to_vec()
}

/// What a PDF says, with single blanks.
fn text_of(pdf: &[u8]) -> String {
    let mut run = Command::new("pdftotext");
    run.args(["-raw", "-enc", "UTF-8", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = run.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || std::io::Write::write_all(&mut stdin, pdf).unwrap());
        child.wait_with_output().unwrap()
    });
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every cell of a workbook's sheets, one behind the other.
fn cells_of(bytes: Vec<u8>) -> String {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let sheets = calamine::Reader::worksheets(&mut book);
    let cells = sheets.iter().flat_map(|(_, sheet)| sheet.used_cells().map(|(.., cell)| cell.to_string()));
    cells.collect::<Vec<_>>().join(" ")
}

async fn read(server: &Server, who: &Browser, kind: &str, format: &str, place: &str) -> String {
    let bytes = made(server, who, form(kind, format, place)).await;
    if format == "pdf" { text_of(&bytes) } else { cells_of(bytes) }
}

fn state<'a>(papers: &'a Json, kind: &str) -> &'a Json {
    papers["kinds"].as_array().unwrap().iter().find(|paper| paper["kind"] == kind).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_paper_is_of_those_who_stand_in_it_and_the_posting_says_nothing_that_is_not_public() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let known = commune(&server).await;
    let place = format!("commune.{COMMUNE}");
    let papers = server.get(&admin.0, &format!("/api/papers?place={place}")).await;
    assert_eq!((&papers["place"]["key"], &papers["counted"]), (&json!(place), &json!(true)));
    for (kind, households) in [
        ("review", 5),
        ("interviews", 4),
        ("explanations", 4),
        ("meeting", 1),
        ("minutes", 4),
        ("posting", 2),
        ("decisions", 2),
        ("certificates", 1),
        ("results", 4),
        ("interchange", 1),
    ] {
        assert_eq!(state(&papers, kind)["households"], households, "{kind}");
    }
    let detailed =
        ["detail_poor", "detail_near_poor"].map(|kind| state(&papers, kind)["households"].as_u64());
    assert!(detailed.contains(&Some(1)) && detailed.contains(&Some(0)), "{detailed:?}");
    let not_begun = json!([{ "code": "not_begun", "households": 1 }]);
    assert_eq!(state(&papers, "interviews")["missing"], not_begun);
    for kind in PaperKind::ALL.map(PaperKind::as_str) {
        let paper = state(&papers, kind);
        if kind.starts_with("detail_") && paper["households"] == 0 {
            let form = form(kind, "xlsx", &place);
            assert_eq!(refused(&server, &admin, "/api/papers/file", form).await.1, "papers_nothing");
            continue;
        }
        for format in paper["formats"].as_array().unwrap() {
            let text = read(&server, &admin, kind, format.as_str().unwrap(), &place).await;
            let here = known.iter().filter(|one| text.contains(&one.head)).count();
            let wanted = usize::try_from(paper["households"].as_u64().unwrap()).unwrap();
            // Two may bear one name.
            assert!(here >= wanted.min(known.len()) && wanted > 0, "{here} of {wanted} in {kind}: {text}");
            if kind == "posting" {
                for one in &known {
                    for other in one.others.iter().filter(|name| known.iter().all(|one| one.head != **name)) {
                        assert!(!text.contains(other.as_str()), "{other}");
                    }
                    assert!(one.secret.iter().all(|secret| !text.contains(secret.as_str())));
                }
                let folded = fold_name(&text);
                for word in ["dan toc", "tay", "nung", "can cuoc", "cccd", "ngay sinh"] {
                    assert!(!format!(" {folded} ").contains(&format!(" {word} ")), "{word}: {text}");
                }
            }
        }
    }
    // A village of it is that alone.
    let village = server.get(&admin.0, &format!("/api/papers?place=village.{COMMUNE}.ban-thu")).await;
    assert_eq!(village["place"]["name"], "Bản Thử");
    assert_eq!(state(&village, "review")["households"], 5);
    // Of what is larger lists go out as workbooks, and nobody is counted for who only looks.
    let all = server.get(&admin.0, "/api/papers").await;
    assert_eq!((&all["place"]["key"], &all["counted"]), (&json!("province"), &json!(false)));
    assert_eq!(state(&all, "review")["formats"], json!(["xlsx"]));
    assert_eq!(state(&all, "review")["households"], 0);
    assert!(read(&server, &admin, "review", "xlsx", "province").await.contains(&known[0].head));
    let too_many = refused(&server, &admin, "/api/papers/file", form("interviews", "pdf", "province")).await;
    assert_eq!(too_many, (422, "papers_too_many".to_owned()));
    let wrong = refused(&server, &admin, "/api/papers/file", form("minutes", "xlsx", &place)).await;
    assert_eq!(wrong, (400, "unreadable".to_owned()));
    let nowhere = format!("/api/papers?place=village.{COMMUNE}.no-such");
    assert_eq!(admin.0.get(server.url(&nowhere)).send().await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_the_commune_makes_its_papers_and_with_whole_numbers_who_may_and_all_of_it_is_noted() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let known = commune(&server).await;
    let place = format!("commune.{COMMUNE}");
    let (mine, others) = ([COMMUNE], [ELSEWHERE]);
    let supervisor = person(&server, "lan", Role::Supervisor, &mine).await;
    let reader = person(&server, "hoa", Role::Reader, &mine).await;
    let stranger = person(&server, "mai", Role::Supervisor, &others).await;
    for path in [place.clone(), format!("village.{COMMUNE}.ban-thu")] {
        let response = stranger.0.get(server.url(&format!("/api/papers?place={path}"))).send().await.unwrap();
        assert_eq!(response.status(), 404);
        let answer = refused(&server, &stranger, "/api/papers/file", form("review", "pdf", &path)).await;
        assert_eq!(answer, (404, "not_found".to_owned()));
    }
    let nothing = refused(&server, &stranger, "/api/papers/file", form("review", "xlsx", "province")).await;
    assert_eq!(nothing, (422, "papers_nothing".to_owned()));
    // Numbers are masked, unless somebody who may asks for them in full.
    let id = known[0].secret.iter().find(|secret| secret.len() == 12);
    let masked = read(&server, &reader, "interviews", "pdf", &place).await;
    assert!(id.is_none_or(|id| !masked.contains(id.as_str())));
    let mut full = form("interviews", "pdf", &place);
    full["full_ids"] = json!(true);
    for form in [full.clone(), form("certificates", "pdf", &place), form("interchange", "xlsx", &place)] {
        let answer = refused(&server, &reader, "/api/papers/file", form).await;
        assert_eq!(answer, (403, "not_allowed".to_owned()));
    }
    let whole = text_of(&made(&server, &supervisor, full).await);
    assert!(id.is_none_or(|id| whole.contains(id.as_str())));
    let noted = async |act: &str| -> Vec<String> {
        let body = json!({ "actor": "", "act": act, "object": "", "offset": 0, "limit": 50 });
        let page = done(&server, &admin, "/api/audit", body).await;
        let lines = page["lines"].as_array().unwrap().iter();
        lines
            .map(|line| format!("{} {}", line["actor"].as_str().unwrap(), line["object"].as_str().unwrap()))
            .collect()
    };
    let interviews = format!("interviews/{place}/4");
    assert_eq!(noted("paper_made").await, [format!("lan {interviews}"), format!("hoa {interviews}")]);
    assert_eq!(noted("paper_in_full").await, [format!("lan {interviews}")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_restricted_is_in_no_paper() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let known = commune(&server).await;
    let place = format!("commune.{COMMUNE}");
    let hidden = known.iter().find(|one| known.iter().filter(|other| other.head == one.head).count() == 1);
    let hidden = hidden.unwrap();
    assert!(read(&server, &admin, "review", "xlsx", &place).await.contains(&hidden.head));
    let asked = json!({ "commune": COMMUNE, "household": hidden.id, "right": "restrict", "asker": "Hoàng Thị Hỏi",
        "capacity": "oneself", "came_on": "2026-09-28", "text": "Cho tôi hạn chế" });
    let asked = register(&server, &admin, asked).await;
    act(&server, &admin, &asked, "restrict", "Đang khiếu nại").await;
    let papers = server.get(&admin.0, &format!("/api/papers?place={place}")).await;
    assert_eq!(state(&papers, "review")["households"], 4);
    for format in ["pdf", "xlsx"] {
        assert!(!read(&server, &admin, "review", format, &place).await.contains(&hidden.head));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stands_in_papers_follows_what_comes_in() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let all: Vec<_> = rasoat_testkit::households(2026).into_iter().take(2).collect();
    let instrument = laptop.instrument();
    let listed = [laptop.list(&all[0], COMMUNE), laptop.list(&all[1], COMMUNE)];
    let interview = laptop.interview_as(&all[0], instrument, &surely_poor());
    let acts = laptop.carries(COMMUNE, household_id(&all[0]), &interview, Far::Recognised);
    let (begun, through) = acts.split_at(3);
    let place = format!("commune.{COMMUNE}");
    let looked = async || {
        let papers = server.get(&admin.0, &format!("/api/papers?place={place}")).await;
        let kinds = ["review", "interviews", "posting", "certificates"];
        kinds.map(|kind| state(&papers, kind)["households"].as_u64().unwrap())
    };
    assert_eq!(looked().await, [0, 0, 0, 0]);
    for (sent, stand) in [
        (&listed[..], [2, 0, 0, 0]),
        (std::slice::from_ref(&interview), [2, 1, 0, 0]),
        (begun, [2, 1, 1, 0]),
        (through, [2, 1, 0, 1]),
    ] {
        server.send(&laptop, &[laptop.batch(sent)]).await;
        assert_eq!(looked().await, stand);
        assert_eq!(looked().await, stand, "nothing came in");
    }
    assert!(read(&server, &admin, "certificates", "pdf", &place).await.contains(&all[0].head().full_name));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_provisional_results_no_decision_is_made_and_they_are_marked_on_every_list() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let (of, instrument) = (household(), laptop.instrument());
    let edits = [laptop.list(&of, COMMUNE), laptop.interview(&of, instrument)];
    let acts = laptop.carries(COMMUNE, household_id(&of), &edits[1], Far::Posted);
    server.send(&laptop, &[laptop.batch(&edits), laptop.batch(&acts)]).await;
    let place = format!("village.{COMMUNE}.ban-thu");
    let posting = read(&server, &admin, "posting", "pdf", &place).await;
    assert!(posting.contains("tạm tính") && posting.contains("22/09/2026"), "{posting}");
    let answer = refused(&server, &admin, "/api/papers/file", form("decisions", "pdf", &place)).await;
    assert_eq!(answer, (422, "papers_provisional".to_owned()));
    let answer = refused(&server, &admin, "/api/papers/file", form("certificates", "pdf", &place)).await;
    assert_eq!(answer, (422, "papers_nothing".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_away_leaves_nothing_behind_and_who_stays_is_told_how_far_it_is() {
    let server = Server::start().await;
    let admin = server.officer().await;
    commune(&server).await;
    let asked = || {
        let request = admin.0.post(server.url("/api/papers/file")).header("x-rasoat-csrf", &admin.1);
        request
            .header("accept", PROGRESS)
            .json(&form("interviews", "pdf", &format!("commune.{COMMUNE}")))
            .send()
    };
    // More than are made at once: each gives up its turn.
    for _ in 0..3 {
        let mut response = asked().await.unwrap();
        assert!(response.chunk().await.unwrap().is_some());
    }
    let told = asked().await.unwrap().bytes().await.unwrap();
    let head = told.windows(9).position(|bytes| bytes == b"{\"file\":{").unwrap();
    let lines = std::str::from_utf8(&told[..head]).unwrap();
    let lines: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let shares = lines.iter().map(|line| line["done"].as_f64().unwrap() / line["total"].as_f64().unwrap());
    let shares: Vec<f64> = shares.collect();
    assert!(!shares.is_empty() && shares.is_sorted(), "{shares:?}");
    assert!(told.windows(5).any(|bytes| bytes == b"%PDF-"));
}
