//! `check`: everything that is wrong with a form.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use crate::messages::Say;
use crate::{Ended, files};

pub(crate) fn check(file: &Path, say: &Say) -> Result<Ended> {
    let Some(plan) = files::form(file, say)? else { return Ok(Ended::WithProblems) };
    let definition = plan.definition();
    if say.json {
        let (id, version, languages) = (&definition.id, &definition.version, &definition.languages);
        say.json(&json!({ "form": id, "version": version, "languages": languages, "problems": [] }));
    } else {
        say.line(format_args!(
            "{}",
            say.about("form_is_well", &format!("{} {}", definition.id, definition.version))
        ));
    }
    Ok(Ended::Well)
}
