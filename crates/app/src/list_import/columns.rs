//! Which column of a list file is which: guessed, changed by a person, and remembered for files of one make.

use std::collections::BTreeMap;

use rasoat_casework::CommuneCode;
use rasoat_lists::{ListField, ListFile, Mapping, SheetMapping, SheetOutline};
use rasoat_store::{Reader, StoreError, Tx};

use crate::error::AppError;
use crate::household::village_key;
use crate::profile::Profile;
use crate::view::{
    ListColumnForm, ListColumnView, ListColumnsView, ListCommuneView, ListMappingForm, ListSheetForm,
    ListSheetView,
};

/// What persons said of columns: by the headers of a sheet, the columns by name.
const REMEMBERED: &str = "list_columns";
/// Makes of files that are remembered.
const MOST_REMEMBERED: usize = 100;

/// Columns by the names of their fields; a sheet to be left out has `None`.
type Remembered = BTreeMap<String, Option<BTreeMap<String, u32>>>;

/// The columns as a person is asked about them.
pub(super) fn view(
    profile: &Profile,
    reader: &Reader<'_>,
    file: &ListFile,
    name: String,
) -> Result<ListColumnsView, AppError> {
    let known = remembered(reader)?;
    let guessed = file.outline(&Mapping::default());
    let mapping = Mapping { sheets: said_before(&known, &guessed), commune: sole(profile), village: None };
    let sheets = file.outline(&mapping);
    let lists = || sheets.iter().filter(|sheet| sheet.is_list);
    let communes = profile.communes.values().map(|commune| ListCommuneView {
        code: commune.code.to_string(),
        name: format!("{} {}", commune.kind, commune.name),
    });
    let villages = reader.villages()?.into_iter().map(|progress| progress.village);
    Ok(ListColumnsView {
        file: name,
        remembered: !mapping.sheets.is_empty(),
        fields: ListField::ALL.iter().map(|field| field.as_str().to_owned()).collect(),
        communes: communes.collect(),
        villages: villages
            .map(|village| (village_key(&village.commune, &village.id), village.name))
            .map(|(id, name)| crate::view::BundleVillageView { id, name })
            .collect(),
        is_clear: lists().next().is_some() && lists().all(|sheet| sheet.is_usable),
        sheets: sheets.into_iter().map(sheet_view).collect(),
    })
}

/// What is to be read from which column. Where a person says nothing, what was said before of such files holds, then their
/// headers. Where a laptop has one commune only, that is where households live.
pub(super) fn mapping(
    profile: &Profile,
    reader: &Reader<'_>,
    file: &ListFile,
    said: Option<&ListMappingForm>,
) -> Result<Mapping, AppError> {
    let sole = sole(profile);
    let Some(said) = said else {
        let known = remembered(reader)?;
        let sheets = said_before(&known, &file.outline(&Mapping::default()));
        return Ok(Mapping { sheets, commune: sole, village: None });
    };
    let sheets: Result<BTreeMap<String, SheetMapping>, AppError> =
        said.sheets.iter().map(|sheet| Ok((sheet.name.clone(), sheet_mapping(sheet)?))).collect();
    let unknown = || AppError::new("unknown_commune");
    let commune = said.commune.as_deref().map(|code| code.parse().map_err(|_| unknown())).transpose()?;
    let village = said.village.clone().filter(|village| !village.trim().is_empty());
    Ok(Mapping { sheets: sheets?, commune: commune.or(sole), village })
}

/// The laptop's commune, where it has but one.
fn sole(profile: &Profile) -> Option<CommuneCode> {
    profile.communes.keys().next().filter(|_| profile.communes.len() == 1).cloned()
}

fn sheet_mapping(form: &ListSheetForm) -> Result<SheetMapping, AppError> {
    let mut columns = BTreeMap::new();
    for ListColumnForm { index, field } in &form.columns {
        let field: ListField = field.parse().map_err(|()| AppError::new("unknown_column"))?;
        if columns.insert(field, *index).is_some() {
            return Err(AppError::new("column_twice").with("field", field.as_str()));
        }
    }
    Ok(SheetMapping { skip: form.skip, header_row: form.header_row.checked_sub(1), columns: Some(columns) })
}

/// Remembers what a person said, for the next file whose sheets have the same headers.
pub(super) fn remember(tx: &Tx<'_>, file: &ListFile, mapping: &Mapping) -> Result<(), StoreError> {
    let mut known = remembered(tx)?;
    let guessed = file.outline(&Mapping::default());
    for sheet in &guessed {
        let Some(said) = mapping.sheets.get(&sheet.name) else { continue };
        let columns =
            said.columns.iter().flatten().map(|(field, column)| (field.as_str().to_owned(), *column));
        let columns: BTreeMap<String, u32> = columns.collect();
        let by_headers =
            sheet.columns.iter().filter_map(|one| Some((one.field?.as_str().to_owned(), one.index)));
        if said.skip != sheet.is_list && (said.skip || columns == by_headers.collect()) {
            known.remove(&sheet.headers);
        } else if known.len() < MOST_REMEMBERED || known.contains_key(&sheet.headers) {
            known.insert(sheet.headers.clone(), (!said.skip).then_some(columns));
        }
    }
    tx.set_setting(REMEMBERED, &known)
}

fn remembered(reader: &Reader<'_>) -> Result<Remembered, StoreError> {
    Ok(reader.setting(REMEMBERED)?.unwrap_or_default())
}

fn said_before(known: &Remembered, sheets: &[SheetOutline]) -> BTreeMap<String, SheetMapping> {
    let said = sheets.iter().filter_map(|sheet| {
        let columns = known.get(&sheet.headers)?;
        let by_field = columns.iter().flatten();
        let columns_by_field =
            by_field.filter_map(|(field, column)| Some((field.parse().ok()?, *column))).collect();
        let mapping = SheetMapping {
            skip: columns.is_none(),
            header_row: sheet.header_row.checked_sub(1),
            columns: columns.as_ref().map(|_| columns_by_field),
        };
        Some((sheet.name.clone(), mapping))
    });
    said.collect()
}

fn sheet_view(sheet: SheetOutline) -> ListSheetView {
    ListSheetView {
        name: sheet.name,
        is_list: sheet.is_list,
        header_row: sheet.header_row,
        rows: sheet.rows,
        columns: sheet
            .columns
            .into_iter()
            .map(|column| ListColumnView {
                index: column.index,
                letter: column.letter,
                header: column.header,
                field: column.field.map(|field| field.as_str().to_owned()),
                samples: column.samples,
            })
            .collect(),
    }
}
