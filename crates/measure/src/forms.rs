//! The forms that are measured, as XLSForm sheets: the same shape in every run.

use std::fmt::Write as _;

/// Members of the household.
pub(crate) const MEMBERS: usize = 12;
/// Questions asked of each member, and what is computed for each.
const MEMBER_QUESTIONS: usize = 25;

const SETTINGS: &str = "form_title,form_id,version,default_language\nĐo,measure,1,vi\n";
const YES_NO: &str = "list_name,name,label::vi\nyes_no,yes,Có\nyes_no,no,Không\n";

/// The sheets of a form: survey, choices, settings.
pub(crate) struct Sheets {
    pub(crate) survey: String,
    pub(crate) choices: String,
    pub(crate) settings: String,
}

/// A household form with `questions` questions of the household itself, thirty calculations, and a roster. A birth year moves
/// twelve indicators over all members, the score, and whether a section is asked.
pub(crate) fn household(questions: usize) -> Sheets {
    let mut survey = String::from(
        "type,name,label::vi,relevant,calculation,constraint,constraint_message::vi,required,warning,warning_message::vi,appearance\n",
    );
    let mut row = |line: &str| {
        survey.push_str(line);
        survey.push('\n');
    };
    row("begin_group,people,Thành viên,,,,,,,,");
    row("begin_repeat,members,Thành viên,,,,,,,,roster");
    row("text,full_name,Họ tên,,,,,yes,,,");
    row("integer,birth_year,Năm sinh,,,. >= 1900 and . <= 2026,Năm sinh sai,yes,,,");
    row("select_one yes_no,insured,Có thẻ,${age} >= 6,,,,yes,,,");
    row("select_one yes_no,studying,Đang học,${age} >= 3 and ${age} <= 30,,,,yes,,,");
    row("select_one yes_no,working,Có việc,${age} >= 15,,,,yes,,,");
    for index in 5..MEMBER_QUESTIONS {
        row(&format!("integer,m{index},Câu {index},${{age}} >= {},,. >= 0,Số âm,,. <= 100,Lạ,", index % 18));
    }
    row("calculate,age,,,2026 - ${birth_year},,,,,,");
    row("calculate,is_child,,,${age} < 16,,,,,,");
    row("calculate,uninsured,,,${age} >= 6 and ${insured} = 'no',,,,,,");
    row("calculate,idle,,,${age} >= 15 and ${working} = 'no',,,,,,");
    row("calculate,unschooled,,,${age} >= 3 and ${age} < 16 and ${studying} = 'no',,,,,,");
    row("end_repeat,,,,,,,,,,");
    row("end_group,,,,,,,,,,");
    let mut open = false;
    for index in 0..questions {
        if index % 15 == 0 {
            if open {
                row("end_group,,,,,,,,,,");
            }
            open = true;
            row(&format!("begin_group,section{},Phần,,,,,,,,", index / 15));
        }
        let relevant = match index % 15 {
            0 => String::new(),
            3 => format!("${{q{}}} = 'yes'", index - 3),
            7 if index < 15 => "${child_count} > 0".to_owned(),
            _ => String::new(),
        };
        if index % 15 == 0 {
            row(&format!("select_one yes_no,q{index},Câu {index},,,,,yes,,,"));
        } else {
            row(&format!("integer,q{index},Câu {index},{relevant},,. >= 0,Số âm,,. < 1000000,Lạ,"));
        }
    }
    if open {
        row("end_group,,,,,,,,,,");
    }
    row("calculate,member_count,,,count(${members}),,,,,,");
    row("calculate,child_count,,,count(${members}[is_child = 'true']),,,,,,");
    for indicator in 1..=12 {
        let test = match indicator % 4 {
            0 => "count(${members}[uninsured = 'true']) > 0",
            1 => "count(${members}[idle = 'true']) > 0",
            2 => "count(${members}[unschooled = 'true']) > 0",
            _ => "${child_count} * 2 > ${member_count}",
        };
        row(&format!("calculate,i{indicator},,,\"if({test}, 1, 0)\",,,,,,"));
    }
    let sum: Vec<String> = (1..=12).map(|indicator| format!("${{i{indicator}}}")).collect();
    row(&format!("calculate,score,,,10 * ({}),,,,,,", sum.join(" + ")));
    for index in 0..15 {
        row(&format!("calculate,c{index},,,${{q{}}} + ${{q{}}},,,,,,", index * 3 + 1, index * 3 + 2));
    }
    row("integer,after,Sau,${score} >= 30,,,,yes,,,");
    Sheets { survey, choices: YES_NO.to_owned(), settings: SETTINGS.to_owned() }
}

/// Two questions: a commune out of a hundred, and a village of it out of `villages`.
pub(crate) fn cascade(villages: usize) -> Sheets {
    const COMMUNES: usize = 100;
    let survey = "type,name,label::vi,choice_filter\n\
        select_one communes,commune,Xã,\n\
        select_one villages,village,Thôn,commune = ${commune}\n";
    let mut choices = String::from("list_name,name,label::vi,commune\n");
    for commune in 0..COMMUNES {
        // Writing to a string cannot fail.
        _ = writeln!(choices, "communes,x{commune},Xã {commune},");
    }
    for village in 0..villages {
        _ = writeln!(choices, "villages,v{village},Thôn số {village},x{}", village % COMMUNES);
    }
    Sheets { survey: survey.to_owned(), choices, settings: SETTINGS.to_owned() }
}
