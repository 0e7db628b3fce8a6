//! `POST /api/exports/{table}`: every table as CSV, written while it is read, in the words of whoever asks for it.

mod tables;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State as Of};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http_body::Frame;
use tokio::sync::mpsc;

use crate::auth::{self, LoggedIn};
use crate::problem::Refusal;
use crate::state::State;
use crate::storage::StorageError;
use crate::view::{ExportForm, ProblemView};
use tables::{Cell, Table};

/// So that spreadsheet programs read it as UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// Pieces that wait for whoever reads.
pub(crate) const PIECES: usize = 4;
/// The last row's word, where lines were left out because they are processed no further; beside it stands how many.
const LEFT_OUT: &str = "restricted.left_out";
/// Columns at most.
const MOST_COLUMNS: usize = 60;

/// A table as CSV. A POST, because a name that is searched for must not stand in an address.
#[utoipa::path(post, path = "/api/exports/{table}", operation_id = "export_table", tag = "exports",
    params(
        ("table" = String, Path, description = "`households`, `communes`, `villages`, `devices`, `duplicates`, `conflicts`, `requests`, `report_households`, `target_households`, `round_snapshot` or `round_changes`"),
            ), request_body = ExportForm, responses(
    (status = 200, body = String, content_type = "text/csv", description = "UTF-8 with a byte order mark; what a spreadsheet would run as a formula begins with an apostrophe; where lines were left out because they are processed no further, the last one has the word for `restricted.left_out` and their number"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `unknown_commune`"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such table, or no such lock"),
))]
pub(crate) async fn write(
    Of(state): Of<State>,
    who: LoggedIn,
    table: Result<Path<String>, PathRejection>,
    form: Result<Json<ExportForm>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Path(name) = table.map_err(|_| Refusal::Unreadable)?;
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    if form.columns.is_empty() || form.columns.len() > MOST_COLUMNS {
        return Err(Refusal::Unreadable);
    }
    let table = Table::open(&state, &who, &name, &form).await?;
    let object = form.filter.commune.as_ref().map_or_else(|| name.clone(), |code| format!("{name}/{code}"));
    auth::note_act(&state, &who.account.name, "exported", &object).await?;
    let (pieces, body) = mpsc::channel(PIECES);
    tokio::spawn(produce(state, table, form, pieces));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    Ok((headers, Body::new(Pieces(body))).into_response())
}

pub(crate) type Piece = Result<Bytes, StorageError>;

/// Writes the table piece by piece. Where reading fails the answer breaks off, so that nobody takes it for the whole.
async fn produce(state: State, mut table: Table, form: ExportForm, pieces: mpsc::Sender<Piece>) {
    let headings: Vec<Cell> = form.columns.iter().map(|column| Cell::Text(column.heading.clone())).collect();
    let mut piece =
        written(&[headings], &form.words).map(|text| [BYTE_ORDER_MARK.as_bytes(), &text].concat());
    loop {
        let is_last = piece.is_err();
        // Whoever reads may be gone.
        if pieces.send(piece.map(Bytes::from)).await.is_err() || is_last {
            return;
        }
        piece = match table.next(&state, &form.columns).await {
            Ok(rows) if rows.is_empty() && table.left_out == 0 => return,
            Ok(rows) if rows.is_empty() => {
                let left_out =
                    vec![Cell::Codes(vec![LEFT_OUT.to_owned()]), Cell::Number(table.left_out.into())];
                table.left_out = 0;
                written(&[left_out], &form.words)
            }
            Ok(rows) => written(&rows, &form.words),
            Err(error) => Err(error),
        };
    }
}

fn written(rows: &[Vec<Cell>], words: &BTreeMap<String, String>) -> Result<Vec<u8>, StorageError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let cells = row.iter().map(|cell| match cell {
            Cell::Number(number) => number.to_string(),
            Cell::Text(text) => safe(text),
            Cell::Codes(codes) => {
                let worded = codes.iter().map(|code| words.get(code).unwrap_or(code).as_str());
                safe(&worded.collect::<Vec<_>>().join("; "))
            }
        });
        writer.write_record(cells).map_err(|_| StorageError::Damaged("csv"))?;
    }
    writer.into_inner().map_err(|_| StorageError::Damaged("csv"))
}

/// Spreadsheet programs run what begins like a formula; with an apostrophe before it they show it.
pub(crate) fn safe(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        Some(_) | None => text.to_owned(),
    }
}

/// What was written so far, as the body of an answer.
pub(crate) struct Pieces(pub(crate) mpsc::Receiver<Piece>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = StorageError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StorageError>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_shown_and_codes_stand_in_words() {
        let row = vec![
            Cell::Text("=1+1".to_owned()),
            Cell::Text("Nông \"A\", B".to_owned()),
            Cell::Number(7),
            Cell::Codes(vec!["state.signed".to_owned(), "state.new".to_owned()]),
        ];
        let words = BTreeMap::from([("state.signed".to_owned(), "@ký".to_owned())]);
        let text = String::from_utf8(written(&[row], &words).unwrap()).unwrap();
        assert_eq!(text, "'=1+1,\"Nông \"\"A\"\", B\",7,'@ký; state.new\n");
    }
}
