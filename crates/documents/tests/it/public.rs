//! What is put up for everybody to read holds nothing but names, villages, results and points.

use rasoat_documents::{InterchangeHousehold, Posted, pdf, posting_list, xlsx};

use crate::support::{head, plain_text_of, show, village, watched};
use crate::workbooks::cells;

/// A village whose households have everything, and what of it may be read by everybody.
fn posted(households: &[InterchangeHousehold]) -> Vec<Posted> {
    let of = |household: &InterchangeHousehold| Posted {
        head: household.head.clone(),
        village: household.village.clone(),
        class: household.class.clone(),
        provisional: false,
        b1: household.b1,
        b2: household.b2,
    };
    households.iter().map(of).collect()
}

/// What must not stand there, in every way of writing it.
fn forbidden(household: &InterchangeHousehold) -> Vec<String> {
    let mut found = Vec::new();
    for member in &household.members {
        found.extend(member.citizen_id.clone());
        if let Some(birth) = &member.birth {
            found.push(birth.clone());
            found.push(birth.split('-').rev().collect::<Vec<_>>().join("/"));
        }
        if member.relation.as_deref() != Some("head") && !household.head.contains(&member.name) {
            found.push(member.name.clone());
        }
    }
    found.extend(household.phone.clone());
    found.extend(household.address.clone());
    found.extend(household.code.clone());
    found.extend(household.causes.clone());
    found
}

const WORDS: [&str; 10] = [
    "Dân tộc",
    "Nùng",
    "CCCD",
    "định danh",
    "Ngày sinh",
    "Điện thoại",
    "khuyết tật",
    "HIV",
    "bảo hiểm",
    "Giới tính",
];

#[test]
fn a_posting_list_holds_nothing_else_of_anybody() {
    for seed in 10..13 {
        let households = village(seed, 40);
        // Those whose name another household's member has may well stand there.
        let heads: Vec<&str> = households.iter().map(|one| one.head.as_str()).collect();
        let list = posting_list(
            head(),
            &posted(&households),
            Some(("2026-11-20", "2026-11-25", "Nhà văn hóa thôn")),
        );
        let paper = watched(|watch| pdf(std::slice::from_ref(&list), watch)).expect("a PDF");
        let workbook = watched(|watch| xlsx(std::slice::from_ref(&list), watch)).expect("a workbook");
        if seed == 10 {
            show("posting.pdf", &paper);
        }
        // Lines on either side of a page's end or a cell's may be one word: compared without blanks, too.
        let joined = |text: &str| text.split_whitespace().collect::<String>();
        for text in [plain_text_of(&paper), cells(&workbook).0.join(" ")] {
            for household in &households {
                assert!(joined(&text).contains(&joined(&household.head)), "{}", household.head);
                for hidden in forbidden(household) {
                    // The years of the posting's own days are no births.
                    if heads.iter().any(|name| name.contains(&hidden)) || hidden.len() == 4 {
                        continue;
                    }
                    assert!(!joined(&text).contains(&joined(&hidden)), "{hidden}");
                }
            }
            for word in WORDS {
                assert!(!text.to_lowercase().contains(&word.to_lowercase()), "{word}");
            }
        }
    }
}
