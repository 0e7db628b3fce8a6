//! `convert`: a form as a workbook or as a folder of CSV sheets.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::messages::Say;
use crate::{Ended, files};

pub(crate) fn convert(file: &Path, to: &Path, say: &Say) -> Result<Ended> {
    let Some(plan) = files::form(file, say)? else { return Ok(Ended::WithProblems) };
    let place = || to.display().to_string();
    let media = if files::has_ending(to, "xlsx") {
        let workbook = rasoat_xlsform::write_xlsx(plan.definition())?;
        fs::write(to, workbook.bytes).with_context(place)?;
        (files::media_folder(to), workbook.files)
    } else {
        let form = rasoat_xlsform::write_csv(plan.definition());
        fs::create_dir_all(to).with_context(place)?;
        for (name, text) in
            [("survey.csv", &form.survey), ("choices.csv", &form.choices), ("settings.csv", &form.settings)]
        {
            fs::write(to.join(name), text).with_context(place)?;
        }
        (to.to_owned(), form.files)
    };
    let (folder, media) = media;
    if !media.is_empty() {
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    for (name, bytes) in media {
        fs::write(folder.join(&name), bytes).with_context(|| folder.join(&name).display().to_string())?;
    }
    if !say.json {
        say.line(format_args!("{}", say.about("written", &place())));
    }
    Ok(Ended::Well)
}
