//! ODK's date formats: `%Y-%m-%d %H:%M:%S`.

use std::fmt::Write;

use jiff::civil::{DateTime, Weekday};

/// The codes that there are, each behind its `%`.
const CODES: &str = "YymnbdeaWHhpMS3%";

/// The first code in a format that there is not: `%q`, or a lone `%` at the end.
pub(crate) fn unknown_code(format: &str) -> Option<String> {
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            continue;
        }
        match chars.next() {
            None => return Some("%".to_owned()),
            Some(code) if !CODES.contains(code) => return Some(format!("%{code}")),
            Some(_) => {}
        }
    }
    None
}

/// A day and time as a format wants it. What is not a code is written as it is. Names of months and days are English, the
/// language of ODK's own codes.
pub(crate) fn written(moment: DateTime, format: &str) -> String {
    let mut written = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            written.push(c);
            continue;
        }
        let Some(code) = chars.next() else {
            written.push('%');
            break;
        };
        write_code(&mut written, moment, code);
    }
    written
}

fn write_code(written: &mut String, moment: DateTime, code: char) {
    // Writing to a text cannot fail.
    let _ = match code {
        'Y' => write!(written, "{:04}", moment.year()),
        'y' => write!(written, "{:02}", moment.year().rem_euclid(100)),
        'm' => write!(written, "{:02}", moment.month()),
        'n' => write!(written, "{}", moment.month()),
        'b' => write!(written, "{}", month_name(moment.month())),
        'd' => write!(written, "{:02}", moment.day()),
        'e' => write!(written, "{}", moment.day()),
        'a' => write!(written, "{}", day_name(moment.weekday())),
        // Of the ISO calendar, whose first week has the year's first Thursday.
        'W' => write!(written, "{}", moment.date().iso_week_date().week()),
        'H' => write!(written, "{:02}", moment.hour()),
        'h' => write!(written, "{}", moment.hour()),
        // Not ODK's own; forms from its relatives have it.
        'p' => write!(written, "{}", if moment.hour() < 12 { "AM" } else { "PM" }),
        'M' => write!(written, "{:02}", moment.minute()),
        'S' => write!(written, "{:02}", moment.second()),
        '3' => write!(written, "{:03}", moment.millisecond()),
        '%' => write!(written, "%"),
        other => write!(written, "%{other}"),
    };
}

fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    usize::try_from(month - 1).ok().and_then(|index| NAMES.get(index)).copied().unwrap_or("")
}

fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_code_that_there_is_not_is_named() {
        assert_eq!(unknown_code("%Y-%m-%d %H:%M:%S.%3 %%"), None);
        assert_eq!(unknown_code("%Y %q %k"), Some("%q".to_owned()));
        assert_eq!(unknown_code("100%"), Some("%".to_owned()));
        assert_eq!(unknown_code(""), None);
    }
}
