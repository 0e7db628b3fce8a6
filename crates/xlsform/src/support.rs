//! Everything that is read, and the several ways to write it.

/// The types of the survey sheet that are read, by their usual names; ODK's older names for them are read as well.
pub const SUPPORTED_TYPES: &[&str] = &[
    "text",
    "integer",
    "decimal",
    "range",
    "date",
    "time",
    "dateTime",
    "select_one LIST",
    "select_one LIST or_other",
    "select_multiple LIST",
    "select_multiple LIST or_other",
    "select_one_from_file FILE.csv",
    "select_multiple_from_file FILE.csv",
    "rank LIST",
    "acknowledge",
    "note",
    "calculate",
    "hidden",
    "image",
    "audio",
    "video",
    "file",
    "geopoint",
    "start",
    "end",
    "today",
    "username",
    "deviceid",
    "begin_group",
    "end_group",
    "begin_repeat",
    "end_repeat",
];

/// The columns of the survey sheet that are read, and whether they may be given per language.
pub const SUPPORTED_COLUMNS: &[(&str, bool)] = &[
    ("type", false),
    ("name", false),
    ("label", true),
    ("hint", true),
    ("guidance_hint", true),
    ("required", false),
    ("required_message", true),
    ("relevant", false),
    ("constraint", false),
    ("constraint_message", true),
    ("warning", false),
    ("warning_message", true),
    ("calculation", false),
    ("trigger", false),
    ("default", false),
    ("read_only", false),
    ("choice_filter", false),
    ("repeat_count", false),
    ("parameters", false),
    ("appearance", false),
    ("protected", false),
    ("completion", false),
    ("renamed_from", false),
    ("confidence", false),
    ("source", false),
];

/// The columns of the choices sheet that are read, and whether they may be given per language; any further column is for filters.
pub const SUPPORTED_CHOICE_COLUMNS: &[(&str, bool)] =
    &[("list_name", false), ("name", false), ("label", true)];

/// The settings that are read, and whether they may be given per language.
pub const SUPPORTED_SETTINGS: &[(&str, bool)] = &[
    ("form_title", true),
    ("form_id", false),
    ("version", false),
    ("default_language", false),
    ("instance_name", false),
    ("style", false),
    ("allow_choice_duplicates", false),
];

/// The appearances that are rendered, by type.
pub const SUPPORTED_APPEARANCES: &[(&str, &[&str])] = &[
    ("text", &["multiline", "numbers", "partial-date"]),
    ("integer", &["thousands-sep"]),
    ("decimal", &["thousands-sep"]),
    ("date", &["no-calendar"]),
    ("time", &["no-calendar"]),
    ("dateTime", &["no-calendar"]),
    ("select_one", &["autocomplete", "horizontal", "minimal"]),
    ("select_multiple", &["autocomplete", "horizontal", "minimal"]),
    ("select_one_from_file", &["autocomplete", "horizontal", "minimal"]),
    ("select_multiple_from_file", &["autocomplete", "horizontal", "minimal"]),
    ("image", &["draw", "signature"]),
    ("begin_group", &["field-list"]),
    ("begin_repeat", &["field-list", "roster"]),
];

/// The parameters that are read, by type.
pub const SUPPORTED_PARAMETERS: &[(&str, &[&str])] = &[
    ("range", &["start", "end", "step"]),
    ("select_one", &["randomize", "seed"]),
    ("select_multiple", &["randomize", "seed"]),
    ("rank", &["randomize", "seed"]),
    ("select_one_from_file", &["value", "label", "randomize", "seed"]),
    ("select_multiple_from_file", &["value", "label", "randomize", "seed"]),
    ("image", &["max-pixels"]),
];

/// What `style` in the settings may say.
pub const SUPPORTED_STYLES: &[&str] = &["pages"];

/// What is supported for a type.
pub(crate) fn of_type(table: &[(&str, &'static [&'static str])], name: &str) -> &'static [&'static str] {
    table.iter().find(|(known, _)| *known == name).map_or(&[], |(_, supported)| supported)
}

/// A column of the survey sheet by any of its names.
pub(crate) fn survey_column(name: &str) -> Option<&'static str> {
    Some(match name {
        "caption" => "label",
        "command" => "type",
        "tag" | "value" => "name",
        "readonly" => "read_only",
        "relevance" => "relevant",
        "constraining_message" => "constraint_message",
        "requiredmsg" => "required_message",
        "calculate" => "calculation",
        "count" | "jr:count" => "repeat_count",
        _ => return known(SUPPORTED_COLUMNS, name),
    })
}

/// A column of the choices sheet by any of its names.
pub(crate) fn choice_column(name: &str) -> Option<&'static str> {
    Some(match name {
        "caption" => "label",
        "value" => "name",
        _ => return known(SUPPORTED_CHOICE_COLUMNS, name),
    })
}

/// A setting by any of its names.
pub(crate) fn setting(name: &str) -> Option<&'static str> {
    Some(match name {
        "set_form_title" | "title" => "form_title",
        "set_form_id" | "id_string" => "form_id",
        _ => return known(SUPPORTED_SETTINGS, name),
    })
}

fn known(columns: &[(&'static str, bool)], name: &str) -> Option<&'static str> {
    columns.iter().find(|(known, _)| *known == name).map(|(known, _)| *known)
}

/// Whether a table of columns has this one, in a language or in none.
pub(crate) fn is_supported(columns: &[(&str, bool)], name: &str, language: Option<&str>) -> bool {
    let known = columns.iter().find(|(known, _)| *known == name);
    known.is_some_and(|(_, translated)| match language {
        None => true,
        Some(language) => *translated && !language.is_empty(),
    })
}
