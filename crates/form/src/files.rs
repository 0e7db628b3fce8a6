//! Forms, standards and answers from the disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use rasoat_instrument::Plan;
use rasoat_xlsform::{Files, Form};

use crate::messages::Say;

/// Reads a workbook or a folder of sheets and makes the form ready; says everything that is wrong with it and gives `None` when it
/// cannot be used.
pub(crate) fn form(file: &Path, say: &Say) -> Result<Option<Arc<Plan>>> {
    let definition = if file.is_dir() {
        folder(file)?.read()
    } else if has_ending(file, "csv") {
        let beside = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder(beside.unwrap_or(Path::new(".")))?.read()
    } else {
        let bytes = fs::read(file).with_context(|| file.display().to_string())?;
        rasoat_xlsform::read_xlsx(&bytes, &csv_files(&media_folder(file))?)
    };
    match definition {
        Ok(definition) => Ok(Some(Arc::new(Plan::new(Arc::new(definition))))),
        Err(problems) => {
            say.sheet_problems(&problems);
            Ok(None)
        }
    }
}

/// `phieu-media` for `phieu.xlsx`, as ODK has it.
pub(crate) fn media_folder(workbook: &Path) -> PathBuf {
    let stem = workbook.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    workbook.with_file_name(format!("{stem}-media"))
}

fn folder(folder: &Path) -> Result<Form> {
    let mut files = csv_files(folder)?;
    let mut sheet = |name: &str| -> Result<Option<String>> {
        let Some(bytes) = files.remove(name) else { return Ok(None) };
        let text = String::from_utf8(bytes);
        text.map(Some).with_context(|| format!("{} is not UTF-8", folder.join(name).display()))
    };
    let Some(survey) = sheet("survey.csv")? else {
        bail!("{} has no survey.csv", folder.display());
    };
    let choices = sheet("choices.csv")?.unwrap_or_default();
    let settings = sheet("settings.csv")?.unwrap_or_default();
    Ok(Form { survey, choices, settings, files })
}

fn csv_files(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if has_ending(&path, "csv")
            && let Some(name) = path.file_name()
        {
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            files.insert(name.to_string_lossy().into_owned(), bytes);
        }
    }
    Ok(files)
}

pub(crate) fn text(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| file.display().to_string())
}

pub(crate) fn has_ending(file: &Path, ending: &str) -> bool {
    file.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}
