//! Tokens that other systems read with: made by an administrator, shown once, kept as a hash. A request with a token has no session:
//! what it may is what the token says, and no cookie adds to it.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use rasoat_casework::CommuneCode;

use crate::auth::note_act;
use crate::permission::Act;
use crate::problem::Refusal;
use crate::random;
use crate::state::State;
use crate::storage::Token;
use crate::time::day_in_vietnam;

/// The audit log's name for whoever comes with a token.
pub(crate) const ACTOR: &str = "token";
/// The tables that are read with tokens.
pub(crate) const TABLES: [&str; 7] =
    ["households", "conflicts", "quality", "villages", "communes", "duplicates", "devices"];
/// Before the digits, so that one is told from other secrets where it turns up.
const PREFIX: &str = "rasoat_";

/// A token to be made.
pub(crate) struct NewToken {
    pub(crate) name: String,
    pub(crate) tables: BTreeSet<String>,
    pub(crate) communes: BTreeSet<CommuneCode>,
    pub(crate) citizen_ids: bool,
    pub(crate) expires_at: i64,
}

/// Makes a token; what the other system sends is kept nowhere.
pub(crate) async fn make(state: &State, by: &str, new: NewToken) -> Result<(Token, String), Refusal> {
    let bytes: [u8; 32] = random::bytes().map_err(|_| Refusal::Busy)?;
    let secret = format!("{PREFIX}{}", crate::hex::of(&bytes));
    let token = Token {
        id: random::uuid().map_err(|_| Refusal::Busy)?,
        name: new.name,
        token_hash: hash(&secret),
        tables: new.tables,
        communes: new.communes,
        citizen_ids: new.citizen_ids,
        made_by: by.to_owned(),
        made_at: state.now(),
        expires_at: new.expires_at,
        revoked_at: None,
        last_used_at: None,
        uses: 0,
    };
    state.storage.add_token(token.clone()).await?;
    note_act(state, by, "token_made", &token.id.to_string()).await?;
    Ok((token, secret))
}

/// A request of another system.
#[derive(Clone)]
pub(crate) struct System {
    pub(crate) token: Token,
}

impl System {
    /// Whether a request comes with a token, right or wrong.
    pub(crate) fn is_one(parts: &Parts) -> bool {
        parts.headers.contains_key(header::AUTHORIZATION)
    }

    /// Who comes with a token that holds, for an act that tokens are for. Its use is counted.
    pub(crate) async fn of(parts: &Parts, state: &State, act: Act) -> Result<Self, Refusal> {
        let sent = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let sent = sent.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Refusal::WrongToken)?;
        let token = state.storage.token(hash(sent.trim())).await?.ok_or(Refusal::WrongToken)?;
        let now = state.now();
        if token.revoked_at.is_some() || now >= token.expires_at {
            return Err(Refusal::WrongToken);
        }
        if act != Act::ReadExport {
            return Err(Refusal::NotAllowed);
        }
        let day = day_in_vietnam(now).to_string();
        // Once a day in the log; how often is counted beside.
        if state.storage.note_token_used(token.id, day, now).await? {
            note_act(state, ACTOR, "token_used", &token.id.to_string()).await?;
        }
        Ok(Self { token })
    }

    /// The communes that exist for it; `None`: all of them.
    pub(crate) fn communes(&self) -> Option<&BTreeSet<CommuneCode>> {
        Some(&self.token.communes).filter(|communes| !communes.is_empty())
    }
}

impl FromRequestParts<State> for System {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Refusal> {
        // The guard before the route put it there.
        parts.extensions.get::<Self>().cloned().ok_or(Refusal::NotLoggedIn)
    }
}

fn hash(secret: &str) -> [u8; 32] {
    *blake3::hash(secret.as_bytes()).as_bytes()
}
