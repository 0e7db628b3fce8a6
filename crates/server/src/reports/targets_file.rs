//! The targets as a file: a workbook with a sheet for each way to look at them, or all of it in one table as CSV.

use rasoat_instrument::Confidence;

use crate::files::{File, Work};
use crate::problem::Refusal;
use crate::sheet::{self, Figure, Sheet, Worded};
use crate::view::{FigureView, TargetView, TargetsFileForm, TargetsView};

/// Writes it.
///
/// # Errors
/// [`Refusal::Cancelled`]
pub(crate) fn written(view: &TargetsView, form: &TargetsFileForm, work: &Work) -> Result<File, Refusal> {
    let write = Writing { view, language: &form.language, words: Worded(&form.words) };
    let sheets = if form.xlsx {
        let sheets = [write.targets(), write.parts(), write.communes(), write.rounds(), write.shares()];
        // A sheet says by itself what it is of, and the first one what is to be known of all.
        let sheets = sheets.into_iter().enumerate().map(|(place, sheet)| Sheet {
            above: form.above.iter().cloned().chain([sheet.name.clone()]).collect(),
            below: if place == 0 { form.below.clone() } else { Vec::new() },
            ..sheet
        });
        sheets.collect()
    } else {
        vec![write.all()]
    };
    sheet::file("targets", sheets, form.xlsx, work)
}

struct Writing<'v> {
    view: &'v TargetsView,
    language: &'v str,
    words: Worded<'v>,
}

fn text(text: impl Into<String>) -> Figure {
    Figure::Text(text.into())
}

impl Writing<'_> {
    fn sheet(&self, name: &str, head: &[&str], rows: Vec<Vec<Figure>>) -> Sheet {
        Sheet { name: self.words.of(name), head: self.words.all(head), rows, ..Sheet::default() }
    }

    /// Each target with what it is of, its figure, what was to be reached, and how sure that is.
    fn targets(&self) -> Sheet {
        let head = [
            "id",
            "target",
            "of_numerator",
            "of_denominator",
            "numerator",
            "denominator",
            "value",
            "unit",
            "comparison",
            "goal",
            "goal_year",
            "met",
            "confidence",
            "source",
            "note",
        ];
        let rows = self.view.targets.iter().map(|target| {
            let said = |words: &Option<rasoat_instrument::Text>| {
                text(words.as_ref().map(|words| words.get(self.language)).unwrap_or_default())
            };
            let of = [said(&target.numerator), said(&target.denominator)];
            let year = target.target_year.map_or_else(|| text(""), |year| text(year.to_string()));
            let known = [text(&target.source), text(target.note.as_deref().unwrap_or_default())];
            self.named(target)
                .into_iter()
                .chain(of)
                .chain(self.figure(target, &target.figure))
                .chain([
                    self.code("unit", &target.unit),
                    self.code("comparison", &target.comparison),
                    self.goal(target.target),
                    year,
                    self.met(target.met),
                    self.confidence(target.confidence),
                ])
                .chain(known)
                .collect()
        });
        self.sheet("targets", &head, rows.collect())
    }

    /// The counts beside a target's own.
    fn parts(&self) -> Sheet {
        let head = ["part", "numerator", "denominator", "value"];
        self.of_each(
            "parts",
            &head,
            |target| &target.parts,
            |target, part| {
                let figure = self.figure(target, &part.figure);
                [text(part.label.get(self.language))].into_iter().chain(figure).collect()
            },
        )
    }

    fn communes(&self) -> Sheet {
        let head = ["commune_code", "commune", "numerator", "denominator", "value", "met"];
        self.of_each(
            "communes",
            &head,
            |target| &target.communes,
            |target, one| {
                let place = [text(&one.commune.code), text(&one.commune.name)];
                place.into_iter().chain(self.figure(target, &one.figure)).chain([self.met(one.met)]).collect()
            },
        )
    }

    fn rounds(&self) -> Sheet {
        let head = ["round", "numerator", "denominator", "value", "goal", "met"];
        self.of_each(
            "rounds",
            &head,
            |target| &target.trend,
            |target, one| {
                let end = [self.goal(one.target), self.met(one.met)];
                let round = [text(one.round.to_string())];
                round.into_iter().chain(self.figure(target, &one.figure)).chain(end).collect()
            },
        )
    }

    /// What there is several of for each target, a row each behind the target's id and name.
    fn of_each<T>(
        &self,
        name: &str,
        head: &[&str],
        all: impl Fn(&TargetView) -> &[T],
        row: impl Fn(&TargetView, &T) -> Vec<Figure>,
    ) -> Sheet {
        let head: Vec<&str> = ["id", "target"].into_iter().chain(head.iter().copied()).collect();
        let mut rows = Vec::new();
        for target in &self.view.targets {
            let named = |one| self.named(target).into_iter().chain(row(target, one)).collect();
            rows.extend(all(target).iter().map(named));
        }
        self.sheet(name, &head, rows)
    }

    /// Of every commune the shares that lists of poor districts and communes are made by.
    fn shares(&self) -> Sheet {
        let head = [
            "commune_code",
            "commune",
            "households",
            "poor",
            "near_poor",
            "share_poor",
            "share_near_poor",
            "share_both",
        ];
        let rows = self.view.shares.iter().map(|one| {
            let share = |figure: &FigureView| match figure.value {
                Some(percent) => Figure::Share(Some(percent / 100.0)),
                None => text(self.words.of("value.nobody")),
            };
            let counts = [one.both.denominator, one.poor.numerator, one.near_poor.numerator];
            let place = [text(&one.commune.code), text(&one.commune.name)];
            let shares = [share(&one.poor), share(&one.near_poor), share(&one.both)];
            place.into_iter().chain(counts.map(Figure::Count)).chain(shares).collect()
        });
        self.sheet("shares", &head, rows.collect())
    }

    /// All of it in one table: whose figure a row has stands in its third and fourth column.
    fn all(&self) -> Sheet {
        let head = [
            "id",
            "target",
            "of",
            "name",
            "numerator",
            "denominator",
            "value",
            "unit",
            "comparison",
            "goal",
            "met",
            "confidence",
            "source",
        ];
        let mut rows = Vec::new();
        for target in &self.view.targets {
            let mut row =
                |of: &str, name: &str, figure: &FigureView, goal: Option<f64>, met: Option<bool>| {
                    let whose = [self.code("of", of), text(name)];
                    let end = [
                        self.code("unit", &target.unit),
                        self.code("comparison", &target.comparison),
                        self.goal(goal),
                        self.met(met),
                        self.confidence(target.confidence),
                        text(&target.source),
                    ];
                    let named = self.named(target).into_iter().chain(whose);
                    rows.push(named.chain(self.figure(target, figure)).chain(end).collect());
                };
            row("whole", "", &target.figure, target.target, target.met);
            for part in &target.parts {
                row("part", part.label.get(self.language), &part.figure, None, None);
            }
            for one in &target.communes {
                let name = format!("{} {}", one.commune.code, one.commune.name);
                row("commune", &name, &one.figure, target.target, one.met);
            }
            for one in &target.trend {
                row("round", &one.round.to_string(), &one.figure, one.target, one.met);
            }
        }
        self.sheet("targets", &head, rows)
    }

    fn named(&self, target: &TargetView) -> [Figure; 2] {
        [text(&target.id), text(target.label.get(self.language))]
    }

    /// Both parts of a figure and its value; in words why there is none.
    fn figure(&self, target: &TargetView, figure: &FigureView) -> [Figure; 3] {
        if !target.counted {
            return [text(""), text(""), text(self.words.of("value.not_counted"))];
        }
        let value = match figure.value {
            Some(value) => Figure::Number(Some(value)),
            None if figure.denominator == 0 => text(self.words.of("value.nobody")),
            None => text(self.words.of("value.no_round_before")),
        };
        [Figure::Count(figure.numerator), Figure::Count(figure.denominator), value]
    }

    fn goal(&self, goal: Option<f64>) -> Figure {
        goal.map_or_else(|| text(self.words.of("goal.none")), |goal| Figure::Number(Some(goal)))
    }

    fn met(&self, met: Option<bool>) -> Figure {
        match met {
            Some(true) => self.code("met", "yes"),
            Some(false) => self.code("met", "no"),
            None => text(""),
        }
    }

    fn confidence(&self, confidence: Confidence) -> Figure {
        let code = match confidence {
            Confidence::Verbatim => "verbatim",
            Confidence::SecondHand => "second_hand",
            Confidence::Unverified => "unverified",
        };
        self.code("confidence", code)
    }

    fn code(&self, kind: &str, code: &str) -> Figure {
        text(self.words.of(&format!("{kind}.{code}")))
    }
}
