//! An edit whose changes lie row by row, as they are unpacked: for verifying, storing and scoring many edits that nobody reads one by
//! one. All else takes [`LooseEdit::into_edit`].

use std::sync::Arc;

use rasoat_instrument::{Answer, Facet, FieldName, Path, Value};

use crate::edit::{Change, Edit, EditError, EditHash};
use crate::edit_bytes;

/// A place within an instance, or outside any. In the order of paths.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoosePlace {
    /// The field; `None` for the instance itself.
    pub field: Option<FieldName>,
    /// What hangs on it.
    pub facet: Option<Facet>,
}

/// What an edit says of one instance, or of what lies outside any.
#[derive(Debug, Clone)]
pub struct LooseRow {
    /// The instance.
    pub instance: Option<Path>,
    /// Of many rows, in the order of paths.
    pub places: Arc<[LoosePlace]>,
    /// Changes, each by its place among those.
    pub cells: Vec<(u16, Change)>,
}

/// An edit.
#[derive(Debug, Clone)]
pub struct LooseEdit {
    /// Everything but the changes: its own map is empty.
    pub head: Edit,
    rows: Vec<LooseRow>,
    changes: usize,
}

impl LooseEdit {
    /// An edit that says what its rows do, in any order.
    ///
    /// # Errors
    /// `malformed`: a place that is none, or twice; or changes in the head.
    pub fn new(head: Edit, mut rows: Vec<LooseRow>) -> Result<Self, EditError> {
        rows.retain(|row| !row.cells.is_empty());
        rows.sort_by(|one, other| one.instance.cmp(&other.instance));
        for row in &mut rows {
            row.cells.sort_unstable_by_key(|(place, _)| *place);
        }
        let is_once = rows.is_sorted_by(|one, other| one.instance < other.instance);
        if head.changes.is_empty() && is_once && rows.iter().all(LooseRow::is_sound) {
            let changes = rows.iter().map(|row| row.cells.len()).sum();
            Ok(Self { head, rows, changes })
        } else {
            Err(EditError { code: "malformed" })
        }
    }

    /// How many places it changes.
    pub fn len(&self) -> usize {
        self.changes
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.changes == 0
    }

    /// Its rows, in the order of their instances.
    pub fn rows(&self) -> &[LooseRow] {
        &self.rows
    }

    /// As [`Edit::to_bytes`].
    pub fn to_bytes(&self) -> Vec<u8> {
        edit_bytes::write_loose(self)
    }

    /// The hash of these bytes.
    pub fn hash(&self) -> EditHash {
        EditHash::of(&self.to_bytes())
    }

    /// Whether it speaks of fields alone, and of no instance itself.
    pub fn has_fields_only(&self) -> bool {
        self.rows.iter().flat_map(LooseRow::changes).all(|(place, _)| place.field.is_some())
    }

    /// The values that it sets in fields, in the order of their paths.
    pub fn answers(&self) -> Vec<Answer<'_>> {
        let mut answers = Vec::with_capacity(self.changes);
        for row in &self.rows {
            let around = row.around();
            for (place, change) in &row.cells {
                let place = row.places.get(usize::from(*place));
                let field = place.and_then(|place| Some((place.field.as_ref()?.as_str(), place.facet)));
                if let (Some((field, facet)), Change::Set(value)) = (field, change) {
                    answers.push(Answer { around, field, facet, value });
                }
            }
        }
        answers
    }

    /// What it sets a field outside any repeat to.
    pub fn value(&self, field: &str) -> Option<&Value> {
        let row = self.rows.first().filter(|row| row.instance.is_none())?;
        let wanted = (Some(field), None);
        let place = |place: &u16| {
            let place = row.places.get(usize::from(*place));
            place.map(|place| (place.field.as_ref().map(FieldName::as_str), place.facet))
        };
        let at = row.cells.binary_search_by(|(cell, _)| place(cell).cmp(&Some(wanted))).ok()?;
        match row.cells.get(at) {
            Some((_, Change::Set(value))) => Some(value),
            Some((_, Change::Removed)) | None => None,
        }
    }

    /// The edit with its changes by their paths.
    pub fn into_edit(self) -> Edit {
        let mut edit = self.head;
        let mut changes = Vec::with_capacity(self.changes);
        for row in self.rows {
            for (place, change) in row.cells {
                let place = row.places.get(usize::from(place));
                changes.extend(
                    place.and_then(|place| place.within(row.instance.as_ref())).map(|path| (path, change)),
                );
            }
        }
        edit.changes = changes.into_iter().collect();
        edit
    }
}

/// An instance, and what an edit says inside it.
type InstanceChanges = (Option<Path>, Vec<(LoosePlace, Change)>);

impl From<Edit> for LooseEdit {
    fn from(mut edit: Edit) -> Self {
        let changes = std::mem::take(&mut edit.changes);
        let count = changes.len();
        let mut rows: Vec<InstanceChanges> = Vec::new();
        for (path, change) in changes {
            let place = LoosePlace {
                field: path.field_name().and_then(|name| FieldName::new(name).ok()),
                facet: path.facet(),
            };
            let instance = path.enclosing_instance();
            match rows.last_mut().filter(|(last, _)| *last == instance) {
                Some((_, row)) => row.push((place, change)),
                None => rows.push((instance, vec![(place, change)])),
            }
        }
        let rows = rows.into_iter().map(|(instance, row)| {
            let (places, changes): (Vec<_>, Vec<_>) = row.into_iter().unzip();
            LooseRow { instance, places: places.into(), cells: (0..).zip(changes).collect() }
        });
        Self { head: edit, rows: rows.collect(), changes: count }
    }
}

impl LooseRow {
    pub(crate) fn around(&self) -> Option<&str> {
        self.instance.as_ref().and_then(Path::around)
    }

    pub(crate) fn changes(&self) -> impl Iterator<Item = (&LoosePlace, &Change)> {
        self.cells.iter().filter_map(|(place, change)| Some((self.places.get(usize::from(*place))?, change)))
    }

    /// Whether every cell is at a place of its own that a path can name.
    fn is_sound(&self) -> bool {
        let room = Path::LONGEST - self.around().map_or(0, |around| around.len() + 1).min(Path::LONGEST);
        let mut last: Option<&LoosePlace> = None;
        self.cells.iter().all(|(place, _)| {
            let Some(place) = self.places.get(usize::from(*place)) else { return false };
            let follows = last.is_none_or(|last| last < place);
            last = Some(place);
            follows && place.len() <= room && (place.field.is_some() || self.instance.is_some())
        }) && self.instance.as_ref().is_none_or(|instance| instance.field_name().is_none())
    }
}

impl LoosePlace {
    fn len(&self) -> usize {
        self.field.as_ref().map_or(0, |field| field.as_str().len())
            + self.facet.map_or("", Facet::suffix).len()
    }

    fn within(&self, instance: Option<&Path>) -> Option<Path> {
        match (instance, &self.field) {
            (None, Some(field)) => Some(Path::of_field(field, self.facet)),
            (Some(instance), Some(field)) => instance.inside(field, self.facet).ok(),
            (Some(instance), None) => Some(match self.facet {
                Some(facet) => instance.with_facet(facet),
                None => instance.clone(),
            }),
            (None, None) => None,
        }
    }
}
