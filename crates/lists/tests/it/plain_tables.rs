//! Tables that communes keep for themselves: Excel and CSV, a row for each household or for each member.

use std::collections::BTreeMap;

use crate::support::{codes, drawn, units};
use rasoat_lists::{
    HouseholdList, ListError, ListField, ListFile, Mapping, ProblemCode, SheetMapping, read_list,
};
use rust_xlsxwriter::{Format, Workbook};

const HEADS: &str = "STT;Họ tên chủ hộ;Năm sinh;Giới tính;CCCD;Thôn;Mã xã;Loại hộ
1;Nông Văn Bách;1984;Nam;020084001234;Thôn Nà Lốc;06001;Hộ nghèo
2;Nông Văn Bách;12/03/1990;Nữ;;Thôn Nà Lốc;06001;Cận nghèo
3;Lý Thị Mùi;5/1979;nữ;020179000007;Thôn Pác Cáp;06001;Hộ nghèo
";

fn read(text: &str) -> HouseholdList {
    read_list(text.as_bytes(), &units()).unwrap()
}

fn refused(bytes: &[u8]) -> ListError {
    ListFile::read(bytes).and_then(|file| file.list(&units(), &Mapping::default())).unwrap_err()
}

fn heads(list: &HouseholdList) -> Vec<(&str, u32, usize)> {
    let households = list.households.iter();
    households.map(|household| (household.head.as_str(), household.row, household.members.len())).collect()
}

#[test]
fn a_row_for_each_household_is_a_household_even_where_two_heads_have_one_name() {
    let list = read(HEADS);
    assert_eq!(heads(&list), [("Nông Văn Bách", 2, 1), ("Nông Văn Bách", 3, 1), ("Lý Thị Mùi", 4, 1)]);
    assert!(list.households.iter().all(|household| household.heads_only));
    let births: Vec<_> = list.households.iter().map(|one| one.members[0].birth.as_deref()).collect();
    assert_eq!(births, [Some("1984"), Some("1990-03-12"), Some("1979")]);
    assert_eq!(list.households[1].class.as_deref(), Some("near_poor"));
}

#[test]
fn separators_and_encodings_are_found() {
    let expected = read(HEADS);
    for (separator, name) in [(",", "comma"), ("\t", "tab"), ("|", "bar")] {
        let text = HEADS.replace(';', separator);
        assert_eq!(read(&text), expected, "{name}");
        assert_eq!(read(&format!("\u{feff}{text}")), expected, "{name} with a mark");
    }
    assert_eq!(read(&format!("sep=;\n{HEADS}")).households.len(), 3);
    let utf16 = |swap: bool, mark: bool| -> Vec<u8> {
        let marked = if mark { "\u{feff}" } else { "" };
        let units = marked.encode_utf16().chain(HEADS.encode_utf16());
        units.flat_map(|unit| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    for (swap, mark) in [(false, true), (true, true), (false, false), (true, false)] {
        assert_eq!(read_list(&utf16(swap, mark), &units()).unwrap(), expected, "{swap} {mark}");
    }
    // The page writes tones as marks of their own.
    let decomposed = "STT;H\u{1ecd} t\u{ea}n ch\u{1ee7} h\u{1ed9};N\u{103}m sinh;Th\u{f4}n;M\u{e3} x\u{e3}
1;Nguy\u{ea}\u{303}n V\u{103}n B\u{ed};1984;Na\u{300} L\u{f4}\u{301}c;06001
";
    let bytes = windows_1258(decomposed);
    let list = read_list(&bytes, &units()).unwrap();
    assert_eq!(
        (list.households[0].head.as_str(), list.households[0].village_name.as_str()),
        ("Nguyễn Văn Bí", "Nà Lốc")
    );
}

/// Letters with the tone as a mark behind, which the page has no other way to write.
fn windows_1258(text: &str) -> Vec<u8> {
    let marked = text
        .replace('\u{1ecd}', "o\u{323}")
        .replace('\u{1ee7}', "u\u{309}")
        .replace('\u{1ed9}', "\u{f4}\u{323}");
    let marked = marked.replace('\u{e3}', "a\u{303}").replace('\u{ed}', "i\u{301}");
    let bytes = marked.chars().map(|c| match c {
        '\u{103}' => 0xE3,
        '\u{300}' => 0xCC,
        '\u{309}' => 0xD2,
        '\u{303}' => 0xDE,
        '\u{301}' => 0xEC,
        '\u{323}' => 0xF2,
        c => u8::try_from(u32::from(c)).unwrap(),
    });
    bytes.collect()
}

#[test]
fn members_are_gathered_whether_the_household_is_repeated_or_left_blank() {
    let headers = "Số hộ,Chủ hộ,Họ và tên,Quan hệ với chủ hộ,Năm sinh,Thôn,Mã xã";
    let repeated = "
1,Nông Văn Bách,Nông Văn Bách,Chủ hộ,1984,Nà Lốc,06001
1,Nông Văn Bách,Hoàng Thị Mận,Vợ,1987,Nà Lốc,06001
2,Nông Văn Bách,Nông Văn Bách,Chủ hộ,1950,Nà Lốc,06001
2,Nông Văn Bách,Nông Văn Chín,Con,1987,Nà Lốc,06001
";
    let blank = "
1,Nông Văn Bách,Nông Văn Bách,Chủ hộ,1984,Nà Lốc,06001

,,Hoàng Thị Mận,Vợ,1987,,
2,Nông Văn Bách,Nông Văn Bách,Chủ hộ,1950,Nà Lốc,06001
,,Nông Văn Chín,Con,1987,,
";
    let list = read(&format!("{headers}{repeated}"));
    assert_eq!(heads(&list), [("Nông Văn Bách", 2, 2), ("Nông Văn Bách", 4, 2)]);
    let list = read(&format!("{headers}{blank}"));
    assert_eq!(heads(&list), [("Nông Văn Bách", 2, 2), ("Nông Văn Bách", 5, 2)]);
    let no_numbers = "Họ và tên,Quan hệ,Năm sinh,Thôn,Mã xã
Nông Văn Bách,Chủ hộ,1984,Nà Lốc,06001
Hoàng Thị Mận,Vợ,1987,Nà Lốc,06001
Lý Thị Mùi,Chủ hộ,1979,Nà Lốc,06001
";
    assert_eq!(heads(&read(no_numbers)), [("Nông Văn Bách", 2, 2), ("Lý Thị Mùi", 4, 1)]);
}

#[test]
fn words_of_either_language_and_codes_are_taken() {
    let list = read(
        "No,Head of household,Full name,Relation,Birth,Sex,Village,Commune code,Class
1,Lý A Páo,Lý A Páo,head,1990,male,Nà Lốc,06001,near poor
,,Vàng Thị Dí,wife,1992,F,,,
2,Lý A Sì,Lý A Sì,Chủ hộ,1970,Nam,Nà Lốc,06001,not_poor
",
    );
    assert_eq!(list.problems.iter().filter(|problem| problem.row > 0).count(), 0, "{:?}", list.problems);
    let classes: Vec<_> = list.households.iter().map(|one| one.class.as_deref()).collect();
    assert_eq!(classes, [Some("near_poor"), Some("not_poor")]);
    let relations: Vec<_> = list.households[0].members.iter().map(|one| one.relation.as_deref()).collect();
    assert_eq!(relations, [Some("head"), Some("wife")]);
}

#[test]
fn zeros_that_a_number_lost_are_put_back_only_where_birth_and_sex_agree() {
    let list = read(
        "Chủ hộ;Năm sinh;Giới tính;CCCD;Thôn;Mã xã
Nông Văn Bách;1984;Nam;20084001234;Nà Lốc;06001
Nông Văn Chín;1985;Nam;20084001235;Nà Lốc;06001
Hoàng Thị Mận;1984;Nữ;20084001236;Nà Lốc;06001
Lý A Páo;;;1190001237;Nà Lốc;06001
",
    );
    let ids: Vec<_> =
        list.households.iter().map(|one| one.members[0].citizen_id.as_ref().map(|id| id.as_str())).collect();
    assert_eq!(ids, [Some("020084001234"), None, None, Some("001190001237")]);
    let said: Vec<_> =
        list.problems.iter().filter(|one| one.column == "D").map(|one| (one.row, one.code)).collect();
    let (restored, doubtful) = (ProblemCode::LeadingZeroRestored, ProblemCode::DoubtfulCitizenId);
    assert_eq!(said, [(2, restored), (3, doubtful), (4, doubtful), (5, restored)]);
}

#[test]
fn a_column_with_months_first_keeps_years_only() {
    let list = read(
        "Chủ hộ;Ngày sinh;Thôn;Mã xã
Nông Văn Bách;3/14/1984;Nà Lốc;06001
Nông Văn Chín;5/6/1985;Nà Lốc;06001
Hoàng Thị Mận;7/7/1986;Nà Lốc;06001
",
    );
    let births: Vec<_> = list.households.iter().map(|one| one.members[0].birth.as_deref()).collect();
    assert_eq!(births, [Some("1984"), Some("1985"), Some("1986-07-07")]);
    let said = list.problems.iter().filter(|one| one.code == ProblemCode::DateOrderDoubtful);
    assert_eq!(said.map(|one| one.row).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn columns_without_known_headers_are_shown_with_samples_and_read_as_a_person_says() {
    let text = "Cột A;Cột B;Cột C\nNông Văn Bách;1984;Nam\nLý Thị Mùi;1979;Nữ\n";
    let file = ListFile::read(text.as_bytes()).unwrap();
    assert_eq!(file.list(&units(), &Mapping::default()), Err(ListError::NoList));
    let outline = file.outline(&Mapping::default());
    assert!(!outline[0].is_list);
    assert_eq!((outline[0].header_row, outline[0].rows), (1, 2));
    let shown: Vec<_> =
        outline[0].columns.iter().map(|one| (one.header.as_str(), one.samples.len())).collect();
    assert_eq!(shown, [("Cột A", 2), ("Cột B", 2), ("Cột C", 2)]);

    let columns = BTreeMap::from([(ListField::HeadName, 0), (ListField::Birth, 1), (ListField::Sex, 2)]);
    let said = SheetMapping { skip: false, header_row: Some(0), columns: Some(columns) };
    let mut mapping = Mapping { sheets: BTreeMap::from([(String::new(), said)]), ..Mapping::default() };
    let list = file.list(&units(), &mapping).unwrap();
    assert_eq!((list.households.len(), list.problems[0].code), (0, ProblemCode::MissingColumn));
    mapping.commune = Some("06001".parse().unwrap());
    mapping.village = Some("Nà Lốc".to_owned());
    let list = file.list(&units(), &mapping).unwrap();
    assert_eq!(heads(&list), [("Nông Văn Bách", 2, 1), ("Lý Thị Mùi", 3, 1)]);
    assert_eq!(file.outline(&mapping)[0].columns[1].field, Some(ListField::Birth));
    mapping.sheets.entry(String::new()).or_default().skip = true;
    assert_eq!(file.list(&units(), &mapping), Err(ListError::NoList));
}

#[test]
fn what_households_are_left_out_is_named() {
    let list =
        read("Chủ hộ;Năm sinh;Thôn;Mã xã\nNông Văn Bách;1984;Nà Lốc;99999\nLý Thị Mùi;1979;Nà Lốc;06001\n");
    assert_eq!((list.refused, list.households.len()), (1, 1));
    let left_out: Vec<_> = list.left_out.iter().map(|one| (one.row, one.head.as_str())).collect();
    assert_eq!(left_out, [(2, "Nông Văn Bách")]);
}

#[test]
fn text_of_before_unicode_is_told_by_its_fonts() {
    let tcvn3 = "STT;Hä vµ tªn chñ hé;N¨m sinh;Th«n;M· x·\n1;NguyÔn V¨n BÝ;1984;Nµ Lèc;06001\n";
    let vni = "STT;Hoï vaø teân chuû hoä;Naêm sinh;Thoân;Maõ xaõ\n1;Nguyeãn Vaên Bí;1984;Naø Loác;06001\n";
    for (text, expected) in [(tcvn3, ListError::Tcvn3), (vni, ListError::Vni)] {
        let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        assert_eq!(refused(&bytes), expected);
        assert_eq!(refused(text.as_bytes()), expected, "saved as Unicode");
        let workbook = drawn(|sheet| {
            for (row, line) in (0..).zip(text.lines()) {
                for (column, cell) in (0..).zip(line.split(';')) {
                    sheet.write_string(row, column, cell).unwrap();
                }
            }
        });
        assert_eq!(refused(&workbook), expected, "in a workbook");
    }
}

#[test]
fn what_is_no_table_is_refused_by_name() {
    let cases: [(&[u8], ListError); 8] = [
        (b"", ListError::NotExcel),
        (b" \n \n", ListError::NotExcel),
        (b"<html><table></table>", ListError::NotExcel),
        (b"%PDF-1.7 \n", ListError::NotExcel),
        (&[0, 1, 2, 3, 0, 0, 7, 9, 0, 0], ListError::NotExcel),
        (b"a;b\n\x81\x8d\x9d;\x01\n", ListError::UnknownEncoding),
        (b"xin chao; day la thu\n", ListError::NoList),
        ("Chủ hộ;Năm sinh;Thôn;Mã xã\n".as_bytes(), ListError::Empty),
    ];
    for (bytes, expected) in cases {
        assert_eq!(refused(bytes), expected, "{bytes:?}");
    }
    let open = format!("{HEADS}4;\"Nông Văn Mở;1984\n{}", "5;Lý A Páo;1990;;;Nà Lốc;06001;\n".repeat(40));
    assert_eq!(refused(open.as_bytes()), ListError::UnclosedQuote);
}

#[test]
fn a_million_blank_rows_cost_little_and_too_many_full_ones_are_refused() {
    let blank = format!("{HEADS}{}", ";;;;;;;\n".repeat(1_000_000));
    assert_eq!(read(&blank).households.len(), 3);
    let full = format!("{HEADS}{}", "4;Lý A Páo;1990;;;Nà Lốc;06001;\n".repeat(200_000));
    assert_eq!(refused(full.as_bytes()), ListError::TooManyRows);
    let wide = format!("{HEADS}{}", ";".repeat(1_000_000));
    assert_eq!(read(&wide).households.len(), 3);
}

#[test]
fn merged_cells_and_hidden_rows_of_a_workbook_are_households_like_others() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Thôn Nà Lốc").unwrap();
    for (column, header) in
        (0..).zip(["Số hộ", "Chủ hộ", "Họ và tên", "Quan hệ", "Năm sinh", "Thôn", "Mã xã"])
    {
        sheet.write_string(0, column, header).unwrap();
    }
    let plain = Format::new();
    for (first, head) in [(1, "Nông Văn Bách"), (3, "Lý Thị Mùi")] {
        for (column, words) in [(0, "x"), (1, head), (5, "Nà Lốc"), (6, "06001")] {
            let words = if column == 0 { first.to_string() } else { words.to_owned() };
            sheet.merge_range(first, column, first + 1, column, &words, &plain).unwrap();
        }
        for (row, name, relation) in [(first, head, "Chủ hộ"), (first + 1, "Nông Văn Con", "Con")] {
            sheet.write_string(row, 2, name).unwrap();
            sheet.write_string(row, 3, relation).unwrap();
            sheet.write_number(row, 4, 1990.0).unwrap();
        }
    }
    sheet.set_row_hidden(4).unwrap();
    let list = read_list(&workbook.save_to_buffer().unwrap(), &units()).unwrap();
    assert_eq!(heads(&list), [("Nông Văn Bách", 2, 2), ("Lý Thị Mùi", 4, 2)]);
    assert!(codes(&list).iter().all(|code| *code == ProblemCode::MissingColumn), "{:?}", list.problems);
}
