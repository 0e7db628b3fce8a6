//! Papers as pdftotext reads them: Vietnamese whole, hostile names as text, provisional results said and refused.

use std::sync::atomic::{AtomicBool, Ordering};

use rasoat_documents::{
    Certificate, CertificateMember, Decided, Decision, DecisionKind, DocumentError, Interview, InterviewPart,
    InterviewSection, Line, Listed, MeetingRow, Minutes, MinutesRow, Outcome, Paper, Posted, Reviewed,
    RosterLine, Source, Watch, meeting_list, pdf, posting_list, results_list, review_list,
};
use unicode_normalization::is_nfc;

use crate::support::{HOSTILE, head, parts_of, plain_text_of, show, text_of, watched};

const NAMES: [&str; 6] =
    ["Nông Thị Huyền", "Hoàng Văn Ưởng", "Lý Ngọc Phượng", "Vi Đức Thoả", "Triệu Thúy Quỳnh", "Đặng Hữu Đẩu"];
const CLASSES: [&str; 4] = ["poor", "near_poor", "average", "not_poor"];

fn name(number: usize) -> String {
    format!("{} {}", NAMES[number % NAMES.len()], number + 1)
}

pub(crate) fn listed(count: usize) -> Vec<Listed> {
    let row = |number: usize| Listed {
        code: Some(format!("LS-{number:05}")),
        head: name(number),
        village: "Thôn Khòn Mò".to_owned(),
        address: number.is_multiple_of(2).then(|| "Xóm Pò Háng".to_owned()),
        members: 4,
        previous: (!number.is_multiple_of(3)).then(|| "poor".to_owned()),
        assigned: vec!["Lý Thị Mai".to_owned()],
    };
    (0..count).map(row).collect()
}

pub(crate) fn met(count: usize) -> Vec<MeetingRow> {
    let row = |number: usize| MeetingRow {
        head: name(number),
        village: "Thôn Khòn Mò".to_owned(),
        members: 4,
        previous: Some("poor".to_owned()),
        class: Some(CLASSES[number % 4].to_owned()),
        provisional: number % 5 == 4,
        b1: Some(131.5),
        b2: Some(40.0),
    };
    (0..count).map(row).collect()
}

pub(crate) fn posted(count: usize) -> Vec<Posted> {
    let of = |row: MeetingRow| {
        let MeetingRow { head, village, class, provisional, b1, b2, .. } = row;
        Posted { head, village, class, provisional, b1, b2 }
    };
    met(count).into_iter().map(of).collect()
}

pub(crate) fn reviewed(count: usize) -> Vec<Reviewed> {
    let of = |result: MeetingRow| Reviewed {
        result,
        code: Some("LS-00001".to_owned()),
        decision_number: Some("12/QĐ-UBND".to_owned()),
        decision_date: Some("2026-12-10".to_owned()),
    };
    met(count).into_iter().map(of).collect()
}

fn source(text: &str, verified: bool) -> Source {
    Source { text: text.to_owned(), verified }
}

fn minutes(rows: usize) -> Minutes {
    let of = |row: MeetingRow| MinutesRow {
        head: row.head,
        previous: row.previous,
        class: row.class,
        provisional: row.provisional,
        b1: row.b1,
        b2: row.b2,
        outcome: Some(Outcome { agreed: 38, passed: true }),
    };
    Minutes {
        head: head(),
        number: "01/BB".to_owned(),
        on: Some("2026-11-20".to_owned()),
        attended: Some(41),
        chair: "Hoàng Văn Chủ".to_owned(),
        secretary: "Lý Thị Thư".to_owned(),
        representative: "Nông Văn Diện".to_owned(),
        share_percent: 50,
        share_source: source("Quyết định 24/2021/QĐ-TTg", true),
        rows: met(rows).into_iter().map(of).collect(),
    }
}

fn decision(kind: DecisionKind, provisional: bool) -> Decision {
    let row = |number: usize| Decided {
        head: name(number),
        village: "Thôn Khòn Mò".to_owned(),
        members: 4,
        previous: Some(if number.is_multiple_of(2) { "poor" } else { "near_poor" }.to_owned()),
        class: match kind {
            DecisionKind::Recognition => CLASSES[number % 2],
            DecisionKind::Escape => "not_poor",
        }
        .to_owned(),
        provisional: provisional && number == 3,
    };
    Decision {
        head: rasoat_documents::Head { village: None, ..head() },
        kind,
        number: "12/QĐ-UBND".to_owned(),
        on: Some("2026-12-10".to_owned()),
        sources: vec![source("Nghị định 07/2021/NĐ-CP", true), source("Thông tư 07/2021/TT-BLĐTBXH", false)],
        rows: (0..40).map(row).collect(),
    }
}

fn certificate(provisional: bool) -> Certificate {
    let member = |number: usize| CertificateMember {
        name: name(number),
        ethnicity: "Nùng".to_owned(),
        relation: if number == 0 { "Chủ hộ" } else { "Con đẻ" }.to_owned(),
        sex: if number.is_multiple_of(2) { "female" } else { "male" }.to_owned(),
        born: (1970 + number).to_string(),
    };
    Certificate {
        head: head(),
        number: "3/GCN-HN.HCN".to_owned(),
        on: Some("2026-12-12".to_owned()),
        decision_number: "12/QĐ-UBND".to_owned(),
        decision_on: "2026-12-10".to_owned(),
        holder: name(0),
        ethnicity: "Nùng".to_owned(),
        citizen_id: "020171000001".to_owned(),
        address: "Xóm Pò Háng, Thôn Khòn Mò, xã Ba Sơn, tỉnh Lạng Sơn".to_owned(),
        class: "poor".to_owned(),
        provisional,
        sources: vec![source("Nghị định 07/2021/NĐ-CP", true)],
        members: (0..5).map(member).collect(),
    }
}

pub(crate) fn interview(people: usize) -> Interview {
    let line = |number: &str, label: &str, answer: &str| Line {
        number: number.to_owned(),
        label: label.to_owned(),
        answer: answer.to_owned(),
    };
    let roster = |number: usize| RosterLine {
        number: format!("2.{number}"),
        label: "Hiện có đang đi học không? Kể cả học nghề, học bổ túc".to_owned(),
        answers: (0..people).map(|person| (person != 1).then(|| "Không".to_owned())).collect(),
    };
    Interview {
        title: "Phiếu rà soát hộ nghèo, hộ cận nghèo năm 2026".to_owned(),
        round: 2026,
        household: name(0),
        code: Some("LS-00001".to_owned()),
        place: "Xóm Pò Háng, Thôn Khòn Mò, xã Ba Sơn".to_owned(),
        area: "nông thôn".to_owned(),
        signed_by: Some("Lý Thị Mai".to_owned()),
        signed_at: None,
        full_ids: false,
        made: "In lúc 14:32 27/11/2026, Lý Thị Mai, Máy 07".to_owned(),
        results: Vec::new(),
        sections: vec![
            InterviewSection {
                number: 1,
                title: "Thông tin hộ".to_owned(),
                parts: vec![InterviewPart::Lines {
                    title: String::new(),
                    lines: vec![line("1.1", "Địa chỉ nhà", "Xóm Pò Háng"), line("1.2", "Số điện thoại", "")],
                }],
            },
            InterviewSection {
                number: 2,
                title: "Thành viên trong hộ".to_owned(),
                parts: vec![InterviewPart::Roster {
                    title: "Thành viên".to_owned(),
                    people: (0..people).map(name).collect(),
                    lines: (1..=40).map(roster).collect(),
                }],
            },
        ],
    }
}

fn set<P: Paper>(papers: &[P]) -> Vec<u8> {
    watched(|watch| pdf(papers, watch)).expect("a PDF")
}

#[test]
fn lists_repeat_their_header_and_number_their_pages() {
    let lists = [review_list(head(), &listed(60)), review_list(head(), &listed(3))];
    let bytes = set(&lists);
    show("review.pdf", &bytes);
    let text = text_of(&bytes);
    let pages: Vec<&str> = text.split('\u{c}').filter(|page| !page.trim().is_empty()).collect();
    assert!(pages.len() >= 4, "{} pages", pages.len());
    let last = pages.len() - 1;
    for (place, page) in pages.iter().enumerate() {
        let numbered =
            if place == last { "Trang 1/1".to_owned() } else { format!("Trang {}/{last}", place + 1) };
        assert!(page.contains(&numbered), "{numbered}: {page}");
    }
    assert!(pages[..last - 1].iter().all(|page| page.contains("Địa chỉ")), "the header on every page");
    show("meeting.pdf", &set(&[meeting_list(head(), &met(25))]));
    show("results.pdf", &set(&[results_list(head(), &reviewed(25))]));
}

#[test]
fn one_paper_says_its_parts_to_those_who_hear_it() {
    let lists = [review_list(head(), &listed(3)), review_list(head(), &listed(2))];
    let heard = parts_of(&set(&lists[..1]));
    let parts: Vec<&str> = heard.lines().map(str::trim_start).collect();
    let title = parts.iter().position(|part| part.starts_with("H1 ")).expect("a heading");
    assert!(parts[title + 1].contains("DANH SÁCH HỘ CẦN RÀ SOÁT"), "{heard}");
    let names: Vec<&str> = parts.iter().filter_map(|part| part.split([' ', ':']).next()).collect();
    let many = |what: &str| names.iter().filter(|name| **name == what).count();
    assert_eq!((many("Table"), many("TR")), (1, 4), "{heard}");
    assert_eq!(many("TD"), 3 * many("TH"), "{heard}");
    // Of several that are bound no tree of tags would be right.
    assert_eq!(parts_of(&set(&lists)), "");
}

#[test]
fn vietnamese_stands_whole_and_in_one_form() {
    let rows: Vec<Listed> = (0..NAMES.len())
        // Typed decomposed, as some keyboards do.
        .map(|number| Listed {
            head: unicode_normalization::UnicodeNormalization::nfd(&*name(number)).collect(),
            ..listed(1).remove(0)
        })
        .collect();
    let text = plain_text_of(&set(&[review_list(head(), &rows)]));
    assert!(is_nfc(&text));
    for number in 0..NAMES.len() {
        assert!(text.contains(&name(number)), "{} in {text}", name(number));
    }
    assert!(text.contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") && text.contains("DANH SÁCH HỘ CẦN RÀ SOÁT"));
}

#[test]
fn hostile_names_come_out_as_text() {
    let rows: Vec<Listed> =
        HOSTILE.iter().map(|name| Listed { head: (*name).to_owned(), ..listed(1).remove(0) }).collect();
    let wide = |text: &str| text.split_whitespace().collect::<String>();
    let text = wide(&plain_text_of(&set(&[review_list(head(), &rows)])));
    for name in HOSTILE {
        assert!(text.contains(&wide(name)), "{name} in {text}");
    }
    assert!(!text.contains("root:"));
    let members: Vec<CertificateMember> = HOSTILE
        .iter()
        .map(|name| CertificateMember { name: (*name).to_owned(), ..certificate(false).members.remove(0) })
        .collect();
    let paper = Certificate { holder: HOSTILE[0].to_owned(), members, ..certificate(false) };
    let answers: Vec<Line> = HOSTILE
        .iter()
        .map(|name| Line { number: "1".to_owned(), label: (*name).to_owned(), answer: (*name).to_owned() })
        .collect();
    let part = InterviewPart::Lines { title: HOSTILE[1].to_owned(), lines: answers };
    let section = InterviewSection { number: 1, title: HOSTILE[2].to_owned(), parts: vec![part] };
    let filled = Interview { household: HOSTILE[0].to_owned(), sections: vec![section], ..interview(1) };
    for text in [wide(&plain_text_of(&set(&[paper]))), wide(&plain_text_of(&set(&[filled])))] {
        for name in HOSTILE {
            assert!(text.contains(&wide(name)), "{name} in {text}");
        }
    }
}

#[test]
fn minutes_are_made_out_twice_and_signed_by_three() {
    let bytes = set(&[minutes(12)]);
    show("minutes.pdf", &bytes);
    let text = plain_text_of(&bytes);
    for copy in ["Bản 01: lưu tại thôn", "Bản 02: gửi Ban Chỉ đạo rà soát cấp xã"] {
        assert_eq!(text.matches(copy).count(), 1, "{copy}");
    }
    for role in ["CHỦ TRÌ", "THƯ KÝ", "ĐẠI DIỆN HỘ"] {
        assert_eq!(text.matches(role).count(), 2, "{role}");
    }
    assert!(text.contains("từ 50% người dự họp đồng ý. Hộ"), "{text}");
    let unverified = Minutes { share_source: source("", false), ..minutes(2) };
    assert!(plain_text_of(&set(&[unverified])).contains("đồng ý (chưa đối chiếu với văn bản gốc)"));
    let blank =
        Minutes { number: String::new(), on: None, attended: None, rows: minutes(3).rows, ..minutes(1) };
    show("minutes-blank.pdf", &set(&[blank]));
    assert_eq!(watched(|watch| pdf(&[minutes(0)], watch)).unwrap_err(), DocumentError::Nothing);
}

#[test]
fn what_is_provisional_is_said_on_every_list_and_never_decided() {
    for list in [
        meeting_list(head(), &met(5)),
        posting_list(head(), &posted(5), None),
        results_list(head(), &reviewed(5)),
    ] {
        let text = plain_text_of(&set(&[list]));
        assert!(text.contains("Hộ nghèo (tạm tính)") && text.contains("không dùng để công nhận"), "{text}");
    }
    let text = plain_text_of(&set(&[meeting_list(head(), &met(4))]));
    assert!(!text.contains("tạm tính"), "{text}");
    for kind in [DecisionKind::Recognition, DecisionKind::Escape] {
        let refused = watched(|watch| pdf(&[decision(kind, true)], watch)).unwrap_err();
        assert_eq!(refused, DocumentError::Provisional { households: 1 });
    }
    let refused = watched(|watch| pdf(&[certificate(false), certificate(true)], watch)).unwrap_err();
    assert_eq!(refused, DocumentError::Provisional { households: 1 });
}

#[test]
fn decisions_name_what_they_rest_on_and_whom_they_are_about() {
    let bytes = set(&[decision(DecisionKind::Recognition, false)]);
    show("decision.pdf", &bytes);
    let text = plain_text_of(&bytes);
    assert!(text.contains("Căn cứ Nghị định 07/2021/NĐ-CP;"), "{text}");
    assert!(text.contains("Thông tư 07/2021/TT-BLĐTBXH (chưa đối chiếu với văn bản gốc);"), "{text}");
    assert!(text.contains("20 hộ nghèo với 80 nhân khẩu, 20 hộ cận nghèo với 80 nhân khẩu"), "{text}");
    assert!(text.contains(&name(39)) && !text.contains("DỰ THẢO"), "{text}");
    let draft = Decision { number: String::new(), on: None, ..decision(DecisionKind::Escape, false) };
    let bytes = set(&[draft]);
    show("decision-draft.pdf", &bytes);
    let text = plain_text_of(&bytes);
    assert!(text.contains("DỰ THẢO"), "{text}");
    assert!(text.contains("20 hộ thoát nghèo") && text.contains("20 hộ thoát cận nghèo"), "{text}");
}

#[test]
fn certificates_are_a_page_each() {
    let bytes = set(&[certificate(false), certificate(false)]);
    show("certificate.pdf", &bytes);
    let text = text_of(&bytes);
    assert_eq!(text.matches("GIẤY CHỨNG NHẬN").count(), 2);
    assert_eq!(text.matches("Trang 1/1").count(), 2);
}

#[test]
fn an_interview_has_every_answer_and_tables_of_people() {
    let bytes = set(&[interview(6), interview(2)]);
    show("interview-made-up.pdf", &bytes);
    let text = plain_text_of(&bytes);
    assert!(text.contains("BẢN TẠM: phiếu chưa ký hoàn thành"), "{text}");
    assert!(text.contains("2.40"), "{text}");
    for number in 0..6 {
        assert!(text.contains(&name(number)), "{}", name(number));
    }
}

#[test]
fn setting_tells_how_far_it_is_and_can_be_ended() {
    let cancelled = AtomicBool::new(false);
    let mut told = Vec::new();
    let mut tell = |done, total| {
        told.push((done, total));
        cancelled.store(done == 2, Ordering::Release);
    };
    let papers: Vec<Certificate> = (0..5).map(|_| certificate(false)).collect();
    let ended = pdf(&papers, &mut Watch::new(&mut tell, &cancelled));
    assert_eq!(ended.unwrap_err(), DocumentError::Cancelled);
    assert_eq!(told, [(0, 5), (1, 5), (2, 5)]);
}
