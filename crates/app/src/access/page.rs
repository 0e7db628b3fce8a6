//! The page to read and print: one file, nothing fetched from anywhere. Its words come from the screens.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::Offset;
use rasoat_casework::standard::{Classification, IndicatorState};
use rasoat_instrument::Text;

use super::{Held, HeldSitting, HeldValue};
use crate::view::{HistoryPlace, HistoryWhat};

const STYLE: &str = "body{font:11pt/1.45 'Be Vietnam Pro',sans-serif;color:#111;max-width:60rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:17pt;margin:0 0 .3rem}h2{font-size:13pt;margin:1.6rem 0 .4rem;border-bottom:1px solid #888}\
h3{font-size:11pt;margin:1rem 0 .3rem}table{border-collapse:collapse;width:100%}\
td,th{border:1px solid #bbb;padding:.25rem .5rem;text-align:left;vertical-align:top}th{background:#eee}\
.small{font-size:9.5pt;color:#444}@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}";

/// What the page is written with.
struct Writer<'a> {
    html: String,
    language: &'a str,
    words: &'a BTreeMap<String, String>,
}

/// The whole page.
pub(super) fn page(held: &Held, language: &str, words: &BTreeMap<String, String>) -> String {
    let mut page = Writer { html: String::new(), language, words };
    let title = format!("{} {}", page.word("title"), held.household.head_name);
    page.html.push_str("<!doctype html><html lang=\"");
    page.text(language);
    page.html.push_str("\"><head><meta charset=\"utf-8\"><title>");
    page.text(&title);
    page.html.push_str("</title><style>");
    page.html.push_str(STYLE);
    page.html.push_str("</style></head><body>");
    page.heading(1, &title);
    page.head(held);
    page.values(held);
    page.classes(&held.classes);
    page.files(held);
    page.given(held);
    page.history(&held.history);
    page.html.push_str("</body></html>\n");
    page.html
}

impl Writer<'_> {
    /// A word of the page; its name where the screens gave none.
    fn word(&self, name: &str) -> String {
        self.words.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// Text, so that nothing in it is taken for markup.
    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                '\'' => self.html.push_str("&#39;"),
                other => self.html.push(other),
            }
        }
    }

    fn element(&mut self, name: &str, text: &str) {
        self.html.push_str(&format!("<{name}>"));
        self.text(text);
        self.html.push_str(&format!("</{name}>"));
    }

    fn small(&mut self, text: &str) {
        self.html.push_str("<p class=\"small\">");
        self.text(text);
        self.html.push_str("</p>");
    }

    fn heading(&mut self, level: u8, text: &str) {
        self.element(&format!("h{level}"), text);
    }

    fn section(&mut self, name: &str) {
        let words = self.word(name);
        self.heading(2, &words);
    }

    fn columns(&mut self, names: &[&str]) {
        self.html.push_str("<table><thead><tr>");
        for name in names {
            let words = self.word(name);
            self.element("th", &words);
        }
        self.html.push_str("</tr></thead><tbody>");
    }

    fn row(&mut self, cells: &[&str]) {
        self.html.push_str("<tr>");
        for cell in cells {
            self.element("td", cell);
        }
        self.html.push_str("</tr>");
    }

    fn end(&mut self) {
        self.html.push_str("</tbody></table>");
    }

    fn nothing(&mut self) {
        let words = self.word("nothing");
        self.small(&words);
    }

    fn head(&mut self, held: &Held) {
        let household = &held.household;
        let place = format!("{}, {}", household.village, household.commune);
        let made_by = format!("{} · {}", held.made_by, held.device);
        let round = household.round.to_string();
        let made_at = in_vietnam(&held.made_at);
        self.html.push_str("<table><tbody>");
        for (name, value) in [
            ("household", household.head_name.as_str()),
            ("code", household.code.as_deref().unwrap_or("—")),
            ("village", &place),
            ("round", &round),
            ("made_at", &made_at),
            ("made_by", &made_by),
            ("server", &held.server),
        ] {
            let words = self.word(name);
            self.row(&[&words, value]);
        }
        self.end();
        let ids = self.word(if held.full_ids { "ids_full" } else { "ids_masked" });
        self.small(&ids);
    }

    fn values(&mut self, held: &Held) {
        self.section("values");
        let mut begun = None;
        for value in &held.values {
            let group = (value.round, value.member.clone());
            if begun.as_ref() != Some(&group) {
                if begun.is_some() {
                    self.end();
                }
                let of = match value.round {
                    Some(round) => format!("{} {round}", self.word("interview")),
                    None => self.word("list"),
                };
                let of = value.member.as_ref().map_or(of.clone(), |member| format!("{of} · {member}"));
                self.heading(3, &of);
                self.columns(&["question", "answer"]);
                begun = Some(group);
            }
            let (question, answer) = (self.question(value), self.answer(&value.path, &value.shown));
            let draft = if value.draft { format!("{answer} ({})", self.word("draft")) } else { answer };
            self.row(&[&question, &draft]);
        }
        if begun.is_some() { self.end() } else { self.nothing() }
    }

    fn question(&self, value: &HeldValue) -> String {
        self.asked(&value.label, &value.path, value.what)
    }

    /// A value as it is worded, or as the screens word it where no form does.
    fn answer(&self, path: &str, shown: &Text) -> String {
        let text = shown.get(self.language);
        let known = self.words.get(&format!("value_{}_{text}", field_of(path)));
        known.cloned().unwrap_or_else(|| written(text, self.language))
    }

    fn asked(&self, label: &Text, path: &str, what: HistoryWhat) -> String {
        let words = match label.get(self.language) {
            "" => self.word(&format!("field_{}", field_of(path))),
            label => label.to_owned(),
        };
        match what {
            HistoryWhat::Answer => words,
            HistoryWhat::Reason => format!("{words}: {}", self.word("reason")),
            HistoryWhat::Note => format!("{words}: {}", self.word("note")),
            HistoryWhat::Member => self.word("member"),
        }
    }

    fn classes(&mut self, classes: &[Classification]) {
        self.section("classes");
        if classes.is_empty() {
            self.nothing();
        }
        for found in classes {
            self.heading(3, found.title.get(self.language));
            let class = match &found.class {
                Some(class) => class.label.get(self.language).to_owned(),
                None => self.word("class_open"),
            };
            let provisional =
                if found.provisional.is_empty() { String::new() } else { self.word("provisional") };
            self.element("p", [class, provisional].join(" ").trim());
            self.columns(&["indicator", "outcome", "why"]);
            for indicator in &found.indicators {
                let state = self.word(match indicator.state {
                    IndicatorState::Deprived => "deprived",
                    IndicatorState::Met => "met",
                    IndicatorState::Open => "open",
                    IndicatorState::Undefined => "undefined",
                });
                let causes: Vec<&str> =
                    indicator.causes.iter().map(|cause| cause.text.get(self.language)).collect();
                let name = format!("{}. {}", indicator.number, indicator.label.get(self.language));
                self.row(&[&name, &state, &causes.join("; ")]);
            }
            self.end();
        }
    }

    fn files(&mut self, held: &Held) {
        self.section("files");
        if held.files.is_empty() {
            return self.nothing();
        }
        self.columns(&["file", "bytes", "here"]);
        for file in &held.files {
            let here = self.word(if file.here { "yes" } else { "no" });
            self.row(&[&file.name, &file.size.to_string(), &here]);
        }
        self.end();
    }

    fn given(&mut self, held: &Held) {
        self.section("given_to");
        if held.given_to.is_empty() {
            return self.nothing();
        }
        self.columns(&["when", "how", "whom", "edits"]);
        for given in &held.given_to {
            let how = self.word(&format!("given_{}", given.how));
            let whom = if given.parties.is_empty() {
                held.server.clone()
            } else {
                let name =
                    |party: &String| if party == "province" { held.server.clone() } else { party.clone() };
                given.parties.iter().map(name).collect::<Vec<_>>().join(", ")
            };
            self.row(&[&in_vietnam(&given.at), &how, &whom, &given.edits.to_string()]);
        }
        self.end();
    }

    fn history(&mut self, history: &[HeldSitting]) {
        self.section("history");
        for HeldSitting { sitting, changes } in history {
            let place = match &sitting.place {
                HistoryPlace::Here => self.word("place_here"),
                HistoryPlace::Laptop(name) => name.clone(),
                HistoryPlace::Elsewhere => self.word("place_elsewhere"),
            };
            let kind = self.word(&format!("kind_{}", sitting.kind));
            let heading = [in_vietnam(&sitting.until).as_str(), &kind, &sitting.author, &place].join(" · ");
            self.heading(3, &heading);
            if let Some(reason) = &sitting.reason {
                self.element("p", reason);
            }
            self.columns(&["question", "before", "answer"]);
            for change in changes {
                let asked = self.asked(&change.label, &change.path, change.what);
                let asked =
                    change.member.as_ref().map_or(asked.clone(), |member| format!("{member} · {asked}"));
                let said = |text: &Text| self.answer(&change.path, text);
                let before: Vec<String> = change.before.iter().map(said).collect();
                let value = change.value.as_ref().map_or_else(|| self.word("removed"), said);
                self.row(&[&asked, &before.join(" / "), &value]);
            }
            self.end();
        }
    }
}

/// The name of the field at the end of a path.
fn field_of(path: &str) -> &str {
    let last = path.rsplit('.').next().unwrap_or(path);
    last.split('#').next().unwrap_or(last)
}

/// Days and decimals, told by how they are stored, as people write them; anything else as it is.
fn written(text: &str, language: &str) -> String {
    if let Some(day) = day_in_words(text) {
        return day;
    }
    let decimal = text.strip_prefix('-').unwrap_or(text).split_once('.').is_some_and(|(whole, part)| {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits(whole) && digits(part)
    });
    if decimal && language == "vi" { text.replacen('.', ",", 1) } else { text.to_owned() }
}

/// `2026-11-27` and `2026-11` with the day first.
fn day_in_words(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &&str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    let (year, rest) = parts.split_first()?;
    let stored = digits(year, 4) && matches!(rest.len(), 1 | 2) && rest.iter().all(|part| digits(part, 2));
    stored.then(|| parts.into_iter().rev().collect::<Vec<_>>().join("/"))
}

/// A moment as the clocks of Viet Nam show it.
fn in_vietnam(moment: &str) -> String {
    let local = moment.parse::<Timestamp>().map(|at| Offset::constant(7).to_datetime(at));
    local.map_or_else(|_| moment.to_owned(), |local| local.strftime("%d/%m/%Y %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn days_and_decimals_are_written_as_people_do() {
        let written = |text| (written(text, "vi"), written(text, "en"));
        let same = |text: &str| (text.to_owned(), text.to_owned());
        assert_eq!(written("2026-11-27"), same("27/11/2026"));
        assert_eq!(written("1987-04"), same("04/1987"));
        assert_eq!(written("38.5"), ("38,5".to_owned(), "38.5".to_owned()));
        assert_eq!(written("-0.25"), ("-0,25".to_owned(), "-0.25".to_owned()));
        for text in ["1987", "020-77-1234", "1.2.3", ".5", "5.", "Nà Lùng", "", "2026-11-27-1"] {
            assert_eq!(written(text), same(text), "{text}");
        }
    }
}
