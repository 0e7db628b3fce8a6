//! Who is asking: accounts, sessions, lock-out.
//!
//! The session travels in a cookie that scripts cannot read; the storage keeps its hash alone. Whatever is not a GET must
//! carry the session's CSRF token in a header beside. Failures count by account name, whether there is such an account or not, and
//! are kept by the storage: a restart forgives nothing. They do not count by address: behind a proxy all come from one, and one wrong
//! guesser would lock the whole province out.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use rasoat_casework::{CommuneCode, fold_name};
use zeroize::Zeroizing;

use crate::accounts;
use crate::audit;
use crate::password;
use crate::permission::Act;
use crate::problem::Refusal;
use crate::random;
use crate::rounds::open_round;
use crate::second_factor;
use crate::state::State;
use crate::storage::{Account, Device, OpenSession};
use crate::view::{Role, SessionView, UserView};

/// The cookie's name.
const COOKIE: &str = "rasoat_session";
/// The header of requests that are not a GET.
pub(crate) const CSRF_HEADER: &str = "x-rasoat-csrf";
/// A session not used for so long is over: 8 hours.
const IDLE_MILLIS: i64 = 8 * 60 * 60 * 1000;
/// A session is over after so long in any case: 24 hours.
const LONGEST_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// Uses are noted no more often than each minute.
const NOTE_MILLIS: i64 = 60 * 1000;
/// So many failures lock an account name out …
const FAILURES: u32 = 5;
/// … for so long after the last: 15 minutes.
const LOCKED_MILLIS: i64 = 15 * 60 * 1000;
/// So far a clock may be set back without anything coming of it: 1 hour.
const CLOCK_MILLIS: i64 = 60 * 60 * 1000;
/// A hash that no password gives, checked when there is no such account: both answers take the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A request with an open session. Whatever is not a GET must have carried the CSRF token.
#[derive(Clone)]
pub(crate) struct LoggedIn {
    pub(crate) session: OpenSession,
    pub(crate) account: Account,
    /// Whether a second factor is demanded of the account, and none is in force.
    pub(crate) must_set_up: bool,
}

impl FromRequestParts<State> for LoggedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Refusal> {
        // The guard before the route has looked already.
        if let Some(who) = parts.extensions.get::<Self>() {
            return Ok(who.clone());
        }
        let cookies = CookieJar::from_headers(&parts.headers);
        let token = cookies.get(COOKIE).map(Cookie::value).filter(|token| token.len() == 64);
        let token_hash = *blake3::hash(token.ok_or(Refusal::NotLoggedIn)?.as_bytes()).as_bytes();
        let (session, account) = state.storage.session(token_hash).await?.ok_or(Refusal::NotLoggedIn)?;
        let now = state.now();
        if !is_alive(&session, now) {
            return Err(Refusal::NotLoggedIn);
        }
        if !parts.method.is_safe() {
            let sent = parts.headers.get(CSRF_HEADER).map(|value| value.as_bytes()).unwrap_or_default();
            // Hashes are compared, so that the time taken tells nothing of the token.
            if blake3::hash(sent) != blake3::hash(session.csrf.as_bytes()) {
                return Err(Refusal::BadCsrf);
            }
        }
        if now - session.used_at > NOTE_MILLIS {
            state.storage.note_session_used(token_hash, now).await?;
        }
        let must_set_up = second_factor::is_missing(state, &account.name, account.role).await?;
        Ok(Self { session, account, must_set_up })
    }
}

/// A session from a time that is yet to come was opened by a clock that was wrong: it does not live until then.
pub(crate) fn is_alive(session: &OpenSession, now: i64) -> bool {
    (-CLOCK_MILLIS..IDLE_MILLIS).contains(&(now - session.used_at))
        && (-CLOCK_MILLIS..LONGEST_MILLIS).contains(&(now - session.opened_at))
}

/// Logs in: the session, and the cookie that carries it.
pub(crate) async fn log_in(
    state: &State,
    name: &str,
    given: String,
    code: Option<String>,
    browser: String,
) -> Result<(LoggedIn, Cookie<'static>), Refusal> {
    let name = account_name(name);
    let now = state.now();
    refuse_locked_out(state, &name, now).await?;
    // Looked at again when it is this request's turn: guesses sent all at once must not all slip through.
    let _permit = state.password_checks.acquire().await.map_err(|_| Refusal::Busy)?;
    refuse_locked_out(state, &name, now).await?;
    let account = state.storage.account(name.clone()).await?;
    // A disabled account is like none: nothing tells which accounts there are.
    let account = account.filter(|account| account.disabled_at.is_none());
    let hash = account.as_ref().map_or(NOBODY, |account| &account.password_hash).to_owned();
    let holds = tokio::task::spawn_blocking(move || password::holds(&given, &hash)).await;
    let Some(account) = account.filter(|_| matches!(holds, Ok(true))) else {
        state.storage.note_login_failure(name, now).await?;
        note_act(state, "unknown", "login_failed", "").await?;
        return Err(Refusal::WrongPassword);
    };
    second_factor::check(state, &name, code.as_deref()).await?;
    state.storage.forget_login_failures(name.clone()).await?;
    state.storage.note_logged_in(name, now).await?;
    note_act(state, &account.name, "logged_in", "").await?;
    open(state, account, browser).await
}

/// Opens a session under a token that nobody has seen before.
async fn open(
    state: &State,
    account: Account,
    browser: String,
) -> Result<(LoggedIn, Cookie<'static>), Refusal> {
    let (token, now) = (token()?, state.now());
    let session = OpenSession {
        token_hash: *blake3::hash(token.as_bytes()).as_bytes(),
        user: account.name.clone(),
        csrf: self::token()?,
        browser,
        opened_at: now,
        used_at: now,
    };
    let (hash, dead_before) = (account.password_hash.clone(), now - IDLE_MILLIS);
    // A password that was reset while it was being checked opens nothing.
    if !state.storage.open_session(session.clone(), hash, dead_before).await? {
        return Err(Refusal::WrongPassword);
    }
    let must_set_up = second_factor::is_missing(state, &account.name, account.role).await?;
    Ok((LoggedIn { session, account, must_set_up }, cookie(state, token)))
}

/// Changes one's own password: every session of the account ends, and a new one is opened. Wrong passwords count as they do at
/// logging in.
pub(crate) async fn change_password(
    state: &State,
    who: &LoggedIn,
    old: String,
    new: String,
) -> Result<(LoggedIn, Cookie<'static>), Refusal> {
    let (name, now) = (who.account.name.clone(), state.now());
    refuse_locked_out(state, &name, now).await?;
    let _permit = state.password_checks.acquire().await.map_err(|_| Refusal::Busy)?;
    refuse_locked_out(state, &name, now).await?;
    let is_same = old == new;
    let hash = who.account.password_hash.clone();
    let holds = tokio::task::spawn_blocking(move || password::holds(&old, &hash)).await;
    if !matches!(holds, Ok(true)) {
        state.storage.note_login_failure(name.clone(), now).await?;
        note_act(state, &name, "password_change_failed", "").await?;
        return Err(Refusal::WrongOldPassword);
    }
    state.storage.forget_login_failures(name.clone()).await?;
    password::judge(&new, &name).map_err(Refusal::WeakPassword)?;
    if is_same {
        return Err(Refusal::SamePassword);
    }
    let hash = accounts::hashed(Zeroizing::new(new)).await.map_err(|_| Refusal::Busy)?;
    let account = Account { password_hash: hash, must_change: false, ..who.account.clone() };
    state.storage.put_account(account.clone(), None).await?;
    note_act(state, &name, "password_changed", "").await?;
    open(state, account, who.session.browser.clone()).await
}

pub(crate) async fn refuse_locked_out(state: &State, name: &str, now: i64) -> Result<(), Refusal> {
    let failures = state.storage.login_failures(name.to_owned()).await?;
    let locked_until = failures.last_at + LOCKED_MILLIS;
    // What failed in a time that is yet to come, failed by a clock that was wrong: nobody is locked out until then.
    let has_failed = now > failures.last_at - CLOCK_MILLIS;
    if failures.failures >= FAILURES && has_failed && now < locked_until {
        return Err(Refusal::LockedOut { retry_after_s: (locked_until - now).div_euclid(1000) + 1 });
    }
    Ok(())
}

/// Logs out: the session is gone, and so is the cookie.
pub(crate) async fn log_out(state: &State, who: &LoggedIn) -> Result<Cookie<'static>, Refusal> {
    state.storage.close_session(who.session.token_hash).await?;
    note_act(state, &who.account.name, "logged_out", "").await?;
    let mut cookie = cookie(state, String::new());
    cookie.make_removal();
    Ok(cookie)
}

/// Writes a line of the audit log.
pub(crate) async fn note_act(state: &State, actor: &str, act: &str, object: &str) -> Result<(), Refusal> {
    Ok(audit::note(state, actor, act, object).await?)
}

/// Account names are compared without case, tones and outer spaces; longer ones than any account's are cut.
pub(crate) fn account_name(typed: &str) -> String {
    fold_name(&typed.chars().take(100).collect::<String>())
}

fn token() -> Result<String, Refusal> {
    random::bytes::<32>().map(|bytes| crate::hex::of(&bytes)).map_err(|_| Refusal::Busy)
}

fn cookie(state: &State, token: String) -> Cookie<'static> {
    Cookie::build((COOKIE, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(state.config.is_https())
        .build()
}

impl LoggedIn {
    /// The communes whose households exist for this account; `None`: all of them.
    pub(crate) fn communes(&self) -> Option<BTreeSet<CommuneCode>> {
        match self.account.role {
            Role::Administrator | Role::Officer => None,
            // Nobody is a supervisor of nothing, least of all of everything.
            Role::Supervisor => Some(self.account.communes.clone()),
            Role::Reader => Some(self.account.communes.clone()).filter(|communes| !communes.is_empty()),
        }
    }

    /// Whether households of a commune exist for this account.
    pub(crate) fn sees(&self, commune: &CommuneCode) -> bool {
        self.communes().is_none_or(|communes| communes.contains(commune))
    }

    /// Whether somebody may.
    pub(crate) fn may(&self, act: Act) -> bool {
        act.is_for(self.account.role)
    }

    /// Refuses a commune that does not exist for this account.
    pub(crate) fn must_see(&self, commune: &CommuneCode) -> Result<(), Refusal> {
        if self.sees(commune) { Ok(()) } else { Err(Refusal::NotFound) }
    }

    /// Whether a laptop exists for this account: one of other communes too carries what is theirs.
    pub(crate) fn sees_device(&self, device: &Device) -> bool {
        device.communes.iter().all(|commune| self.sees(commune))
    }

    /// The session as the dashboard sees it.
    pub(crate) async fn view(&self, state: &State) -> Result<SessionView, Refusal> {
        let ends = (self.session.used_at + IDLE_MILLIS).min(self.session.opened_at + LONGEST_MILLIS);
        Ok(SessionView {
            user: UserView {
                username: self.account.name.clone(),
                role: self.account.role,
                communes: self.account.communes.iter().map(|code| state.library().commune(code)).collect(),
                may: Act::ALL.into_iter().filter(|act| act.is_for(self.account.role)).collect(),
                must_change_password: self.account.must_change,
                must_set_up_second_factor: self.must_set_up,
            },
            csrf: self.session.csrf.clone(),
            server_name: state.config.name.clone(),
            round: open_round(state).await?.0,
            expires_at: crate::time::rfc3339(ends),
        })
    }
}
