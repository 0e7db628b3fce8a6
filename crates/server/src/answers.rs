//! Answers that are counted from cases, as they were made: who asks the same of the same cases is answered without counting anew.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::Serialize;

use crate::cases::Heads;
use crate::library::Library;
use crate::problem::Refusal;
use crate::state::State;

/// Bytes of answers that are kept.
const MOST: usize = 16 << 20;

/// Answers that were made.
#[derive(Debug, Default)]
pub(crate) struct Answers(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    bytes: usize,
    all: BTreeMap<[u8; 32], Bytes>,
}

impl Answers {
    fn kept(&self, question: [u8; 32]) -> Option<Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all.get(&question).cloned()
    }

    fn keep(&self, question: [u8; 32], answer: Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + answer.len() > MOST {
            // Most of them are over cases that were made anew since.
            *kept = Kept::default();
        }
        kept.bytes += answer.len();
        if let Some(before) = kept.all.insert(question, answer) {
            kept.bytes -= before.len();
        }
    }
}

/// What is asked, by whom it is seen, and of which cases: equal where the answer is.
#[derive(Debug)]
pub(crate) struct Question(blake3::Hasher);

impl Question {
    /// `asked`: all that the answer depends on but cases and library, as far as somebody sees it.
    pub(crate) fn new(library: &Library, what: &str, asked: &impl Debug) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{} {what} {asked:?}", library.number()).as_bytes());
        Self(hasher)
    }

    /// The cases, of several in their order.
    pub(crate) fn over(mut self, heads: &Heads) -> Self {
        heads.put(&mut self.0);
        self
    }
}

/// The answer as JSON. `open` reads what it is made of, and says how.
///
/// # Errors
/// What `open` and the making say; `server_busy`.
pub(crate) async fn answered<T: Serialize + 'static>(
    state: &State,
    question: Question,
    open: impl Future<Output = Result<impl FnOnce() -> Result<T, Refusal> + Send + 'static, Refusal>>,
) -> Result<Response, Refusal> {
    let question = *question.0.finalize().as_bytes();
    let answer = if let Some(answer) = state.answers.kept(question) {
        answer
    } else {
        let make = open.await?;
        let making =
            tokio::task::spawn_blocking(move || serde_json::to_vec(&make()?).map_err(|_| Refusal::Busy));
        let answer = Bytes::from(making.await.map_err(|_| Refusal::Busy)??);
        state.answers.keep(question, answer.clone());
        answer
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let (answers, many) = (Answers::default(), MOST / 500 + 1);
        for number in 0..many {
            let mut question = [0; 32];
            question[..8].copy_from_slice(&number.to_le_bytes());
            answers.keep(question, Bytes::from(vec![0; 1_000]));
            answers.keep(question, Bytes::from(vec![1; 500]));
            assert_eq!(answers.kept(question).unwrap(), vec![1; 500]);
            let kept = answers.0.lock().unwrap();
            assert!(kept.bytes == 500 * kept.all.len() && kept.bytes <= MOST, "{} bytes", kept.bytes);
        }
        assert!(answers.kept([0; 32]).is_none(), "what was kept first is let go of");
    }
}
