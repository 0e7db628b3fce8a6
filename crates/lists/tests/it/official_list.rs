//! Lists as offices send them, good and bad.

use crate::support::{
    C, TITLE, WITH_DISTRICT, book, codes, drawn, fill, head, member, of_lines, only, put, read, two_tier,
    units, with,
};
use rasoat_lists::{Layout, ListError, ProblemCode, read_list};
use rust_xlsxwriter::{Format, Workbook};

const BIRTH: &str = "Ngày tháng năm sinh";
const CITIZEN: &str = "Số CCCD";
const CODE: &str = "Mã xã";

#[test]
fn a_two_tier_list_is_read_whole() {
    let list = of_lines(&[
        head("Nông Văn Bách"),
        member("Hoàng Thị Mận", "Vợ", "Nữ"),
        member("Nông Văn Chín", "Con đẻ", "Nam"),
        with(
            head("Lý A Páo"),
            &[
                (CITIZEN, C::T("020190005678")),
                ("Phân loại hộ", C::T("Cận nghèo")),
                ("Dân tộc", C::T("H'Mông")),
            ],
        ),
    ]);
    assert_eq!(list.layout, Layout::TwoTier);
    assert_eq!(list.problems, []);
    assert_eq!((list.households.len(), list.rows), (2, 4));
    let first = &list.households[0];
    assert_eq!(
        (first.head.as_str(), first.village_name.as_str(), first.commune.as_str()),
        ("Nông Văn Bách", "Thôn Nà Lốc", "06001")
    );
    assert_eq!((first.class.as_deref(), first.b1, first.b2), (Some("poor"), Some(120.0), Some(40.0)));
    assert_eq!(
        (first.decision_number.as_deref(), first.decision_date.as_deref()),
        (Some("15/QĐ-UBND"), Some("2025-12-14"))
    );
    assert!(first.minority && !first.merit);
    let members: Vec<_> = first
        .members
        .iter()
        .map(|m| (m.name.as_str(), m.relation.as_deref(), m.sex.as_deref(), m.birth.as_deref()))
        .collect();
    assert_eq!(
        members,
        [
            ("Nông Văn Bách", Some("head"), Some("male"), Some("1984-03-12")),
            ("Hoàng Thị Mận", Some("wife"), Some("female"), Some("1987")),
            ("Nông Văn Chín", Some("child"), Some("male"), Some("1987")),
        ]
    );
    assert_eq!(list.households[1].members[0].ethnicity.as_deref(), Some("08"));
    assert_eq!(list.households[1].class.as_deref(), Some("near_poor"));
}

#[test]
fn codes_of_a_list_with_district_are_old_ones() {
    let line = |name, id, code| {
        with(
            head(name),
            &[
                (CITIZEN, C::T(id)),
                (CODE, C::T(code)),
                ("Huyện", C::T("Tràng Định")),
                ("Mã huyện", C::T("180")),
            ],
        )
    };
    let list = read(&book(
        &WITH_DISTRICT,
        &[line("Nông Văn Bách", "020084001234", "06004"), line("Lý A Páo", "020084001235", "05986")],
    ));
    assert_eq!(list.layout, Layout::WithDistrict);
    let communes: Vec<&str> = list.households.iter().map(|household| household.commune.as_str()).collect();
    assert_eq!(communes, ["06001", "05986"]);
    let problem = only(&list);
    assert_eq!(
        (problem.code, problem.row, problem.column.as_str(), problem.refuses),
        (ProblemCode::OldCommuneMapped, 8, "M", false)
    );
    assert_eq!((problem.params["old"].as_str(), problem.params["new"].as_str()), ("06004", "06001"));
}

#[test]
fn columns_of_the_district_left_empty_make_no_old_list() {
    let list = read(&book(&WITH_DISTRICT, &[head("Nông Văn Bách")]));
    assert_eq!((list.layout, list.problems.len()), (Layout::TwoTier, 0));
}

#[test]
fn a_divided_commune_goes_to_its_default_with_a_warning() {
    let list = of_lines(&[with(head("Nông Văn Bách"), &[(CODE, C::T("06622"))])]);
    assert_eq!(list.households[0].commune.as_str(), "06001");
    assert_eq!(only(&list).code, ProblemCode::DividedCommune);
    assert_eq!(only(&list).params["others"], "05986");
}

#[test]
fn an_unknown_commune_refuses_its_household_only() {
    let other = with(head("Lý A Páo"), &[(CITIZEN, C::T("020084001235"))]);
    let list =
        of_lines(&[with(head("Nông Văn Bách"), &[(CODE, C::T("99999")), ("Xã", C::T("Không Có"))]), other]);
    assert_eq!((list.households.len(), list.refused), (1, 1));
    assert_eq!(list.households[0].head, "Lý A Páo");
    let problem = only(&list);
    assert_eq!(
        (problem.code, problem.refuses, problem.params["code"].as_str()),
        (ProblemCode::UnknownCommune, true, "99999")
    );
}

#[test]
fn a_numeric_commune_code_finds_its_leading_zero_and_a_missing_one_its_name() {
    let list = of_lines(&[with(head("Nông Văn Bách"), &[(CODE, C::N(6001.0))])]);
    assert_eq!((list.households[0].commune.as_str(), list.problems.len()), ("06001", 0));
    let list = of_lines(&[with(head("Nông Văn Bách"), &[(CODE, C::E), ("Xã", C::T("xã ĐOÀN KẾT"))])]);
    assert_eq!(list.households[0].commune.as_str(), "06001");
    assert_eq!(only(&list).code, ProblemCode::CommuneByName);
}

#[test]
fn columns_are_found_by_words_wherever_they_stand() {
    let mut headers = two_tier();
    headers.reverse();
    let bytes = drawn(|sheet| {
        fill(sheet, TITLE, &headers, 6, &[head("Nông Văn Bách"), member("Hoàng Thị Mận", "vợ", "nữ")])
    });
    let list = read(&bytes);
    assert_eq!(list.problems, []);
    assert_eq!((list.households[0].members.len(), list.households[0].b1), (2, Some(120.0)));
}

#[test]
fn missing_columns_are_named_and_only_needed_ones_refuse() {
    let without = |gone: &str| two_tier().into_iter().filter(|name| *name != gone).collect::<Vec<_>>();
    let list = read(&book(&without(BIRTH), &[head("Nông Văn Bách")]));
    let problem = only(&list);
    assert_eq!(
        (problem.code, problem.row, problem.refuses, problem.params["field"].as_str()),
        (ProblemCode::MissingColumn, 0, false, "birth")
    );
    assert_eq!(list.households.len(), 1);
    let list = read(&book(&without("Thôn"), &[head("Nông Văn Bách")]));
    let problem = only(&list);
    assert_eq!(
        (problem.refuses, problem.params["field"].as_str(), list.households.len()),
        (true, "village", 0)
    );
}

#[test]
fn a_header_merged_over_both_names_still_gives_both() {
    let mut headers = two_tier();
    headers[1] = "";
    headers[2] = "";
    let bytes = drawn(|sheet| {
        fill(sheet, TITLE, &headers, 1, &[]);
        sheet.merge_range(5, 2, 5, 3, "Họ và tên chủ hộ, thành viên", &Format::new()).expect("merges");
        let names = two_tier();
        for (row, line) in [(7, head("Nông Văn Bách")), (8, member("Hoàng Thị Mận", "Vợ", "Nữ"))]
        {
            for (name, cell) in line {
                if let Some(at) = names.iter().position(|known| *known == name) {
                    put(sheet, row, 1 + u16::try_from(at).expect("few"), &cell);
                }
            }
        }
    });
    let list = read(&bytes);
    let problem = only(&list);
    assert_eq!((problem.code, problem.params["columns"].as_str()), (ProblemCode::MergedHeader, "C–D"));
    assert_eq!(list.households[0].members.len(), 2);
}

#[test]
fn headers_in_two_rows_are_read_together() {
    let bytes = drawn(|sheet| {
        fill(sheet, TITLE, &two_tier(), 1, &[head("Nông Văn Bách"), member("Hoàng Thị Mận", "Vợ", "Nữ")]);
        // The points' headers move to the row below, under a heading of their own.
        let at = u16::try_from(two_tier().iter().position(|name| *name == "Điểm B1").expect("a column"))
            .expect("few")
            + 1;
        sheet.write_string(5, at + 1, " ").expect("clears");
        sheet.merge_range(5, at, 5, at + 1, "Tổng điểm", &Format::new()).expect("merges");
        for column in 1..=u16::try_from(two_tier().len()).expect("few") {
            sheet.write_string(6, column, " ").expect("clears");
        }
        sheet.write_string(6, at, "B1").expect("writes");
        sheet.write_string(6, at + 1, "B2").expect("writes");
    });
    let list = read(&bytes);
    assert_eq!(
        (list.households[0].b1, list.households[0].b2, list.households[0].members.len()),
        (Some(120.0), Some(40.0), 2)
    );
    assert_eq!(list.problems, []);
}

#[test]
fn headings_of_groups_above_the_headers_do_not_disturb() {
    let headers = two_tier();
    let bytes = drawn(|sheet| {
        fill(sheet, TITLE, &headers, 1, &[head("Nông Văn Bách")]);
        sheet.merge_range(4, 8, 4, 11, "Nơi ở hiện tại", &Format::new()).expect("merges");
        sheet.merge_range(4, 16, 4, 17, "Kết quả chấm điểm B1, B2", &Format::new()).expect("merges");
    });
    let list = read(&bytes);
    assert_eq!(
        (list.households[0].village_name.as_str(), list.households[0].b2),
        ("Thôn Nà Lốc", Some(40.0))
    );
    assert_eq!(list.problems, []);
}

#[test]
fn dates_are_read_in_every_shape_they_come_in() {
    for (cell, value, code) in [
        (C::T("05/02/1990"), Some("1990-02-05"), None),
        (C::T("5-2-1990"), Some("1990-02-05"), None),
        (C::T("5/2/90"), Some("1990-02-05"), Some(ProblemCode::TwoDigitYear)),
        (C::T("5/2/09"), Some("2009-02-05"), Some(ProblemCode::TwoDigitYear)),
        (C::T("1990-02-05"), Some("1990-02-05"), Some(ProblemCode::DateAsText)),
        (C::T("1990"), Some("1990"), None),
        (C::N(1990.0), Some("1990"), None),
        (C::N(32909.0), Some("1990-02-05"), Some(ProblemCode::DateAsNumber)),
        (C::Serial(32909.0), Some("1990-02-05"), None),
        (C::T("02/1990"), Some("1990"), Some(ProblemCode::DateWithoutDay)),
        (C::T("31/02/1990"), None, Some(ProblemCode::UnreadableDate)),
        (C::T("05/02/0190"), None, Some(ProblemCode::ImpossibleDate)),
        (C::T("không nhớ"), None, Some(ProblemCode::UnreadableDate)),
        (C::F("=1/0"), None, Some(ProblemCode::FormulaError)),
        (C::E, None, None),
    ] {
        let list = of_lines(&[with(head("Nông Văn Bách"), &[(BIRTH, cell)])]);
        assert_eq!(list.households[0].members[0].birth.as_deref(), value);
        assert_eq!(codes(&list), Vec::from_iter(code), "{value:?}");
    }
}

#[test]
fn citizen_ids_are_read_in_every_shape_they_come_in() {
    for (cell, value, code) in [
        (C::T("020084001234"), Some("020084001234"), None),
        (C::T("020 084 001 234"), Some("020084001234"), None),
        (C::N(20_084_001_234.0), Some("020084001234"), Some(ProblemCode::LeadingZeroRestored)),
        (C::N(1_084_001_234.0), Some("001084001234"), Some(ProblemCode::LeadingZeroRestored)),
        (C::N(120_084_001_234.0), Some("120084001234"), None),
        (C::T("20084001234"), None, Some(ProblemCode::BadCitizenId)),
        (C::T("081234567"), None, Some(ProblemCode::OldIdentityCard)),
        (C::T("chưa có"), None, Some(ProblemCode::BadCitizenId)),
        (C::E, None, None),
    ] {
        let list = of_lines(&[with(head("Nông Văn Bách"), &[(CITIZEN, cell)])]);
        assert_eq!(list.households[0].members[0].citizen_id.as_ref().map(|id| id.as_str()), value);
        assert_eq!(codes(&list), Vec::from_iter(code), "{value:?}");
    }
}

#[test]
fn numbers_as_text_and_text_as_numbers_are_taken_and_said() {
    let list = of_lines(&[with(
        head("Nông Văn Bách"),
        &[("Điểm B1", C::T("135,5")), ("Số QĐ công nhận", C::N(15.0))],
    )]);
    assert_eq!(
        (list.households[0].b1, list.households[0].decision_number.as_deref()),
        (Some(135.5), Some("15"))
    );
    assert_eq!(codes(&list), [ProblemCode::NumberAsText]);
    let list = of_lines(&[with(head("Nông Văn Bách"), &[("Điểm B1", C::T("một trăm"))])]);
    assert_eq!((list.households[0].b1, codes(&list)), (None, vec![ProblemCode::NotANumber]));
}

#[test]
fn decomposed_text_is_composed_in_headers_and_cells() {
    use unicode_normalization::UnicodeNormalization;
    let nfd = |text: &str| text.nfd().collect::<String>();
    let bytes = drawn(|sheet| {
        for (index, header) in two_tier().iter().enumerate() {
            sheet.write_string(5, 1 + u16::try_from(index).expect("few"), nfd(header)).expect("writes");
        }
        for (name, cell) in head("Nông Văn Bách") {
            let at = two_tier().iter().position(|known| *known == name).expect("a column");
            let cell = match cell {
                C::T(text) => C::S(nfd(text)),
                C::S(_) | C::N(_) | C::F(_) | C::Serial(_) | C::E => cell,
            };
            put(sheet, 6, 1 + u16::try_from(at).expect("few"), &cell);
        }
    });
    let list = read(&bytes);
    assert_eq!((list.households[0].head.as_str(), list.problems.len()), ("Nông Văn Bách", 0));
    assert_eq!(list.households[0].identity, of_lines(&[head("Nông Văn Bách")]).households[0].identity);
}

#[test]
fn repeated_codes_and_citizen_ids_keep_both_households() {
    let mut headers = two_tier();
    headers.push("Mã hộ");
    let coded = |line| with(line, &[("Mã hộ", C::T("HN-01"))]);
    let list = read(&book(&headers, &[coded(head("Nông Văn Bách")), coded(head("Lý A Páo"))]));
    assert_eq!(list.households.len(), 2);
    assert_eq!(codes(&list), [ProblemCode::DuplicateCode, ProblemCode::DuplicateCitizenId]);
    assert!(
        list.problems
            .iter()
            .all(|problem| problem.row == 9 && problem.params["other_row"] == "8" && !problem.refuses)
    );
    assert_ne!(list.households[0].identity, list.households[1].identity);
}

#[test]
fn a_household_standing_twice_is_taken_once_and_said() {
    let list = of_lines(&[head("Nông Văn Bách"), member("Hoàng Thị Mận", "Vợ", "Nữ"), head("Nông Văn Bách")]);
    assert_eq!((list.households.len(), list.refused), (1, 1));
    assert_eq!((only(&list).code, only(&list).row), (ProblemCode::DuplicateHousehold, 10));
}

#[test]
fn unknown_words_are_said_and_left_empty() {
    let list = of_lines(&[
        with(
            head("Nông Văn Bách"),
            &[("Dân tộc", C::T("Sao Hỏa")), ("Phân loại hộ", C::T("giàu")), ("Giới tính", C::T("?"))],
        ),
        member("Hoàng Thị Mận", "hàng xóm", "Nữ"),
    ]);
    let household = &list.households[0];
    assert_eq!((household.class.as_deref(), household.members[0].ethnicity.as_deref()), (None, None));
    assert_eq!(household.members[1].relation.as_deref(), Some("other"));
    let mut found = codes(&list);
    found.sort();
    assert_eq!(
        found,
        [
            ProblemCode::UnknownRelation,
            ProblemCode::UnknownSex,
            ProblemCode::UnknownEthnicity,
            ProblemCode::UnknownClass
        ]
    );
}

#[test]
fn totals_and_signatures_below_the_table_are_no_households() {
    let list = of_lines(&[
        head("Nông Văn Bách"),
        vec![("Họ và tên chủ hộ", C::T("Tổng cộng")), ("Điểm B1", C::N(1.0))],
        vec![("Điểm B1", C::T("Người lập biểu"))],
    ]);
    assert_eq!(list.households.len(), 1);
    assert_eq!(codes(&list), [ProblemCode::RowWithoutHousehold, ProblemCode::RowWithoutHousehold]);
}

#[test]
fn the_sheets_of_escaped_households_are_read_by_their_own_columns() {
    let headers = [
        "STT",
        "Họ và tên",
        "Quan hệ với chủ hộ",
        "Giới tính",
        "Ngày tháng năm sinh",
        "Số CCCD",
        "Dân tộc",
        "Địa chỉ",
        "B1",
        "B2",
        "Ghi chú",
    ];
    let escaped = |id: &'static str, name: &'static str| {
        vec![
            ("STT", C::N(1.0)),
            ("Họ và tên", C::T(name)),
            ("Quan hệ với chủ hộ", C::T("Chủ hộ")),
            ("Giới tính", C::T("Nữ")),
            ("Ngày tháng năm sinh", C::T("1970")),
            ("Số CCCD", C::T(id)),
            ("Dân tộc", C::T("Tày")),
            ("Địa chỉ", C::T("Thôn Bản Mới, xã Đoàn Kết")),
            ("B1", C::N(150.0)),
            ("B2", C::N(10.0)),
        ]
    };
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet(), TITLE, &two_tier(), 1, &[head("Nông Văn Bách")]);
    fill(
        workbook.add_worksheet(),
        "DANH SÁCH HỘ THOÁT NGHÈO",
        &headers,
        1,
        &[
            escaped("020170000001", "Vi Thị Én"),
            vec![("Họ và tên", C::T("Vi Văn Khang")), ("Quan hệ với chủ hộ", C::T("Con"))],
        ],
    );
    fill(
        workbook.add_worksheet(),
        "DANH SÁCH HỘ THOÁT CẬN NGHÈO",
        &headers,
        1,
        &[escaped("020170000002", "Mã Thị Hồng")],
    );
    let list = read(&workbook.save_to_buffer().expect("writes"));
    assert_eq!(list.problems, []);
    let classes: Vec<_> = list
        .households
        .iter()
        .map(|h| (h.class.as_deref(), h.village_name.as_str(), h.members.len()))
        .collect();
    assert_eq!(
        classes,
        [
            (Some("poor"), "Thôn Nà Lốc", 1),
            (Some("escaped_poor"), "Thôn Bản Mới", 2),
            (Some("escaped_near_poor"), "Thôn Bản Mới", 1)
        ]
    );
}

#[test]
fn ten_thousand_rows_are_read() {
    let mut lines = Vec::new();
    for index in 0..2_500 {
        let id = C::S(format!("0200840{index:05}"));
        lines.push(with(
            head("Nông Văn Bách"),
            &[(CITIZEN, id), ("Họ và tên chủ hộ", C::S(format!("Nông Văn {index}")))],
        ));
        for (name, relation) in
            [("Hoàng Thị Mận", "Vợ"), ("Nông Văn Chín", "Con"), ("Nông Thị Mười", "Con đẻ")]
        {
            lines.push(member(name, relation, "Nữ"));
        }
    }
    let list = of_lines(&lines);
    assert_eq!((list.households.len(), list.rows), (2_500, 10_000));
}

#[test]
fn what_is_no_list_says_why() {
    let old = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600]].concat();
    let mut locked = old.clone();
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let good = book(&two_tier(), &[head("Nông Văn Bách")]);
    let cut = &good[..good.len() / 2];
    let empty = drawn(|_| ());
    let headers_only = book(&two_tier(), &[]);
    for (bytes, error) in [
        (old.as_slice(), ListError::OldExcel),
        (locked.as_slice(), ListError::PasswordProtected),
        (b"<html>not a workbook".as_slice(), ListError::NotExcel),
        (b"".as_slice(), ListError::NotExcel),
        (cut, ListError::Damaged),
        (empty.as_slice(), ListError::NoList),
        (headers_only.as_slice(), ListError::Empty),
    ] {
        assert_eq!(read_list(bytes, &units()), Err(error));
    }
}

#[test]
fn a_zip_bomb_is_refused_without_unpacking_it() {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).expect("starts a part");
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..64 {
        archive.write_all(&zeros).expect("writes a part");
    }
    let bytes = archive.finish().expect("finishes").into_inner();
    assert!(bytes.len() < 200_000);
    assert_eq!(read_list(&bytes, &units()), Err(ListError::ZipBomb));
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).expect("starts a part");
    let other = archive.finish().expect("finishes").into_inner();
    assert_eq!(read_list(&other, &units()), Err(ListError::NotExcel));
}

#[test]
fn cells_at_the_far_corner_cost_nothing() {
    let bytes = drawn(|sheet| {
        fill(sheet, TITLE, &two_tier(), 1, &[head("Nông Văn Bách")]);
        sheet.write_string(100, 16_383, "x").expect("writes");
    });
    assert_eq!(read(&bytes).households.len(), 1);
    let bytes = drawn(|sheet| {
        sheet.write_string(1_048_575, 0, "x").expect("writes");
    });
    assert_eq!(read_list(&bytes, &units()), Err(ListError::TooManyRows));
}

#[test]
fn the_same_line_has_the_same_identity_in_another_file() {
    let one = of_lines(&[head("Nông Văn Bách"), member("Hoàng Thị Mận", "Vợ", "Nữ")]);
    let mut headers = two_tier();
    headers.reverse();
    let other = read(&book(&headers, &[head("Nông Văn Bách"), member("Hoàng Thị Mận", "Vợ", "Nữ")]));
    assert_eq!(one.households[0].identity, other.households[0].identity);
    assert_eq!(one.households[0].members[1].identity, other.households[0].members[1].identity);
}
