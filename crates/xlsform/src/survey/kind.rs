//! The `type` column.

use rasoat_instrument::{Media, QuestionKind, ValueKind};

/// What a row of the survey sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Integer,
    Decimal,
    Range,
    Date,
    Time,
    DateTime,
    SelectOne,
    SelectMultiple,
    SelectOneFromFile,
    SelectMultipleFromFile,
    Rank,
    Acknowledge,
    Note,
    Calculate,
    Hidden,
    Image,
    Audio,
    Video,
    File,
    Geopoint,
    Start,
    End,
    Today,
    Username,
    DeviceId,
    BeginGroup,
    EndGroup,
    BeginRepeat,
    EndRepeat,
}

/// The names of each type: its usual one first, then those that ODK reads as well.
const NAMES: &[(Type, &[&str])] = &[
    (Type::Text, &["text", "string", "q string", "add text prompt"]),
    (Type::Integer, &["integer", "int", "q int", "add integer prompt"]),
    (Type::Decimal, &["decimal", "q decimal", "add decimal prompt"]),
    (Type::Range, &["range"]),
    (Type::Date, &["date", "q date", "add date prompt"]),
    (Type::Time, &["time"]),
    (
        Type::DateTime,
        &[
            "dateTime",
            "datetime",
            "date time",
            "q dateTime",
            "q date time",
            "add dateTime prompt",
            "add date time prompt",
        ],
    ),
    (Type::Acknowledge, &["acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"]),
    (Type::Note, &["note", "q note", "add note prompt"]),
    (Type::Calculate, &["calculate", "q calculate", "add calculate prompt"]),
    (Type::Hidden, &["hidden"]),
    (Type::Image, &["image", "photo", "q picture", "q image", "add image prompt", "add photo prompt"]),
    (Type::Audio, &["audio", "q audio", "add audio prompt"]),
    (Type::Video, &["video", "q video", "add video prompt"]),
    (Type::File, &["file", "add file prompt"]),
    (Type::Geopoint, &["geopoint", "gps", "location", "q geopoint", "q location", "add location prompt"]),
    (Type::Start, &["start", "start time", "get start time"]),
    (Type::End, &["end", "end time", "get end time"]),
    (Type::Today, &["today", "get today"]),
    (Type::Username, &["username"]),
    (Type::DeviceId, &["deviceid", "device id", "get device id", "imei"]),
];

/// What stands around other rows; a blank will do for the first `_`.
const BRACKETS: &[(Type, &[&str])] = &[
    (Type::BeginGroup, &["begin_group"]),
    (Type::EndGroup, &["end_group"]),
    (Type::BeginRepeat, &["begin_repeat", "begin_lgroup", "begin_looped group"]),
    (Type::EndRepeat, &["end_repeat", "end_lgroup", "end_looped group"]),
];

/// What the program fills in itself when a form is begun.
const METADATA: &[(Type, &str)] = &[
    (Type::Start, "once(now())"),
    (Type::Today, "once(today())"),
    (Type::Username, "once(username())"),
    (Type::DeviceId, "once(deviceid())"),
];

/// What holds an answer that is given by hand.
const KINDS: &[(&[Type], ValueKind)] = &[
    (&[Type::Text], ValueKind::Text),
    // Until its parameters say otherwise.
    (&[Type::Integer, Type::Range], ValueKind::Integer),
    (&[Type::Decimal], ValueKind::Decimal),
    (&[Type::Date], ValueKind::Date),
    (&[Type::Time], ValueKind::Time),
    (&[Type::DateTime], ValueKind::DateTime),
    (&[Type::Geopoint], ValueKind::Point),
    (&[Type::Image, Type::Audio, Type::Video, Type::File], ValueKind::File),
    (&[Type::SelectOne, Type::SelectOneFromFile, Type::Acknowledge], ValueKind::Choice),
    (&[Type::SelectMultiple, Type::SelectMultipleFromFile, Type::Rank], ValueKind::Choices),
];

/// What is a question of a kind of its own.
const SINGLE: &[(Type, QuestionKind)] = &[
    (Type::Acknowledge, QuestionKind::Acknowledge),
    (Type::Note, QuestionKind::Note),
    (Type::Hidden, QuestionKind::Hidden),
    (Type::End, QuestionKind::Finished),
];

/// The names of types that go with a list; a longer name before one that it begins with.
const LISTED: &[(Type, &[&str])] = &[
    (Type::SelectOneFromFile, &["select_one_from_file", "select one from file"]),
    (Type::SelectMultipleFromFile, &["select_multiple_from_file", "select multiple from file"]),
    (
        Type::SelectOne,
        &["select_one", "select one from", "select one", "select1", "add select one prompt using"],
    ),
    (
        Type::SelectMultiple,
        &[
            "select_multiple",
            "select all that apply from",
            "select all that apply",
            "add select multiple prompt using",
        ],
    ),
    (Type::Rank, &["rank"]),
];

/// A `type` cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowKind {
    pub(crate) row_type: Type,
    /// The list, or the file's name with `.csv`.
    pub(crate) list: Option<String>,
    pub(crate) or_other: bool,
}

impl RowKind {
    pub(crate) fn read(written: &str) -> Option<Self> {
        let words = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let bracket = words.replacen(' ', "_", 1);
        if let Some(row_type) = named(NAMES, &words).or_else(|| named(BRACKETS, &bracket)) {
            return Some(Self { row_type, list: None, or_other: false });
        }
        LISTED.iter().find_map(|(row_type, names)| {
            names.iter().find_map(|name| {
                let rest = words.strip_prefix(name)?.strip_prefix(' ')?;
                Self::listed(*row_type, rest)
            })
        })
    }

    fn listed(row_type: Type, rest: &str) -> Option<Self> {
        let (list, other) = rest.split_once(' ').unwrap_or((rest, ""));
        let or_other = match other {
            "" => false,
            "or_other" | "or other" | "or specify other" => true,
            _ => return None,
        };
        let may_have_other = matches!(row_type, Type::SelectOne | Type::SelectMultiple);
        // Choices out of answers given before are not read.
        let is_list = !list.is_empty() && !list.contains("${");
        let fits = is_list && (may_have_other || !or_other);
        fits.then(|| Self { row_type, list: Some(list.to_owned()), or_other })
    }

    /// The file whose rows are the choices, by its name without `.csv`.
    pub(crate) fn file(&self) -> Option<&str> {
        let from_file = matches!(self.row_type, Type::SelectOneFromFile | Type::SelectMultipleFromFile);
        self.list.as_deref().filter(|_| from_file).map(|name| name.strip_suffix(".csv").unwrap_or(name))
    }
}

impl Type {
    /// Its usual name.
    pub(crate) fn name(self) -> &'static str {
        let usual = |names: &[(Self, &[&'static str])]| {
            names.iter().find(|(known, _)| *known == self).and_then(|(_, names)| names.first().copied())
        };
        usual(NAMES).or_else(|| usual(LISTED)).or_else(|| usual(BRACKETS)).unwrap_or_default()
    }

    /// For what stands around other rows: whether it begins, and whether it is a repeat's.
    pub(crate) fn bracket(self) -> Option<(bool, bool)> {
        let begins = matches!(self, Self::BeginGroup | Self::BeginRepeat);
        let ends = matches!(self, Self::EndGroup | Self::EndRepeat);
        (begins || ends).then_some((begins, matches!(self, Self::BeginRepeat | Self::EndRepeat)))
    }

    /// What the program fills in once when a form is begun: the expression that does.
    pub(crate) fn metadata(self) -> Option<&'static str> {
        METADATA.iter().find(|(known, _)| *known == self).map(|(_, expression)| *expression)
    }

    /// What a file must be.
    pub(crate) fn media(self) -> Option<Media> {
        const MEDIA: &[(Type, Media)] =
            &[(Type::Image, Media::Picture), (Type::Audio, Media::Sound), (Type::Video, Media::Film)];
        MEDIA.iter().find(|(known, _)| *known == self).map(|(_, media)| *media)
    }

    /// The kind of the answer, for what takes one by hand.
    pub(crate) fn value_kind(self) -> Option<ValueKind> {
        KINDS.iter().find(|(types, _)| types.contains(&self)).map(|(_, kind)| *kind)
    }

    pub(crate) fn question_kind(self, list: Option<String>) -> QuestionKind {
        let asked = |kind| QuestionKind::Asked { kind, list };
        match SINGLE.iter().find(|(known, _)| *known == self) {
            Some((_, kind)) => kind.clone(),
            None => self.value_kind().map_or(QuestionKind::Calculated, asked),
        }
    }

    /// Whether such a row may have something in this column.
    pub(crate) fn has_column(self, column: &str) -> bool {
        const OURS: &[&str] = &["protected", "completion", "renamed_from", "confidence", "source"];
        const CHECKS: &[&str] = &["constraint", "constraint_message", "warning", "warning_message"];
        const COMPUTED: &[&str] = &["calculation", "trigger", "default"];
        const SHOWN: &[&str] = &["hint", "guidance_hint", "appearance"];
        const ASKED: &[&str] = &["required", "required_message", "read_only"];
        let any = |sets: &[&[&str]]| sets.iter().any(|set| set.contains(&column));
        if matches!(column, "type" | "name") {
            return true;
        }
        match self {
            Self::EndGroup | Self::EndRepeat => false,
            Self::Start | Self::End | Self::Today | Self::Username | Self::DeviceId => column == "label",
            Self::BeginGroup => any(&[&["label", "relevant", "appearance"]]),
            Self::BeginRepeat => any(&[&["label", "relevant", "appearance", "repeat_count", "renamed_from"]]),
            Self::Note => any(&[&["label", "relevant", "completion", "confidence", "source"], SHOWN, CHECKS]),
            Self::Calculate | Self::Hidden => any(&[&["label", "relevant"], COMPUTED, CHECKS, OURS]),
            // Nobody can write down a file, so nothing computes one.
            Self::Image => any(&[&["label", "relevant", "parameters"], SHOWN, ASKED, CHECKS, OURS]),
            Self::Audio | Self::Video | Self::File => {
                any(&[&["label", "relevant"], SHOWN, ASKED, CHECKS, OURS])
            }
            Self::SelectOne
            | Self::SelectMultiple
            | Self::SelectOneFromFile
            | Self::SelectMultipleFromFile
            | Self::Rank => any(&[
                &["label", "relevant", "choice_filter", "parameters"],
                SHOWN,
                ASKED,
                CHECKS,
                COMPUTED,
                OURS,
            ]),
            Self::Range => any(&[&["label", "relevant", "parameters"], SHOWN, ASKED, CHECKS, COMPUTED, OURS]),
            Self::Text
            | Self::Integer
            | Self::Decimal
            | Self::Date
            | Self::Time
            | Self::DateTime
            | Self::Acknowledge
            | Self::Geopoint => any(&[&["label", "relevant"], SHOWN, ASKED, CHECKS, COMPUTED, OURS]),
        }
    }
}

fn named(names: &[(Type, &[&str])], words: &str) -> Option<Type> {
    names.iter().find(|(_, names)| names.contains(&words)).map(|(known, _)| *known)
}
