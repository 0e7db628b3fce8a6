//! Text to tokens.

use super::ExprError;

/// Longer texts are refused before they are looked at.
const LONGEST: usize = 32 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Operator {
    /// Binding strength: operators of one level are applied from left to right.
    pub(crate) fn level(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::Unequal => 3,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 4,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide | Self::Modulo => 6,
        }
    }

    /// Operators that are written as words mean something else where an operand is expected.
    pub(super) fn word(name: &str) -> Option<Self> {
        Some(match name {
            "or" => Self::Or,
            "and" => Self::And,
            "div" => Self::Divide,
            "mod" => Self::Modulo,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Text(String),
    Number(f64),
    /// `${name}`
    Reference(String),
    Name(String),
    Operator(Operator),
    Open,
    Close,
    OpenFilter,
    CloseFilter,
    Comma,
    Slash,
    Union,
    Dot,
    DotDot,
}

/// A token, the character it starts at, and its own text for messages.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) at: usize,
    pub(super) word: String,
    pub(super) token: Token,
}

pub(super) fn tokens(source: &str) -> Result<Vec<Placed>, ExprError> {
    if source.len() > LONGEST {
        return Err(ExprError::new("too_long", 0, ""));
    }
    let chars: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&first) = chars.get(at) {
        if first.is_whitespace() {
            at += 1;
            continue;
        }
        let (token, end) = token(&chars, at, first)?;
        let word = chars.get(at..end).unwrap_or_default().iter().collect();
        tokens.push(Placed { at, word, token });
        at = end;
    }
    Ok(tokens)
}

/// The token that starts at `at`, and where it ends.
fn token(chars: &[char], at: usize, first: char) -> Result<(Token, usize), ExprError> {
    let next = chars.get(at + 1).copied();
    let one = |token| Ok((token, at + 1));
    match first {
        '(' => one(Token::Open),
        ')' => one(Token::Close),
        '[' => one(Token::OpenFilter),
        ']' => one(Token::CloseFilter),
        ',' => one(Token::Comma),
        '/' => one(Token::Slash),
        '|' => one(Token::Union),
        '+' => one(Token::Operator(Operator::Add)),
        '-' => one(Token::Operator(Operator::Subtract)),
        '*' => one(Token::Operator(Operator::Multiply)),
        '=' => one(Token::Operator(Operator::Equal)),
        '!' if next == Some('=') => Ok((Token::Operator(Operator::Unequal), at + 2)),
        '<' if next == Some('=') => Ok((Token::Operator(Operator::LessOrEqual), at + 2)),
        '<' => one(Token::Operator(Operator::Less)),
        '>' if next == Some('=') => Ok((Token::Operator(Operator::GreaterOrEqual), at + 2)),
        '>' => one(Token::Operator(Operator::Greater)),
        '.' if next == Some('.') => Ok((Token::DotDot, at + 2)),
        '.' if next.is_some_and(|c| c.is_ascii_digit()) => number(chars, at),
        '.' => one(Token::Dot),
        '0'..='9' => number(chars, at),
        '\'' | '"' => text(chars, at, &[first]),
        // Spreadsheets turn quotes into these as one types.
        '‘' | '’' => text(chars, at, &['’', '‘']),
        '“' | '”' => text(chars, at, &['”', '“']),
        '$' if next == Some('{') => reference(chars, at),
        // Attributes: a form has none.
        '@' => Err(ExprError::new("unsupported_path", at, first)),
        _ if starts_name(first) => name(chars, at),
        _ => Err(ExprError::new("unexpected_character", at, first)),
    }
}

fn number(chars: &[char], at: usize) -> Result<(Token, usize), ExprError> {
    let mut end = at;
    let mut dotted = false;
    while let Some(&c) = chars.get(end) {
        match c {
            '0'..='9' => {}
            '.' if !dotted => dotted = true,
            _ => break,
        }
        end += 1;
    }
    let digits: String = chars.get(at..end).unwrap_or_default().iter().collect();
    let number = digits.parse().map_err(|_| ExprError::new("unexpected_token", at, digits.as_str()))?;
    Ok((Token::Number(number), end))
}

fn text(chars: &[char], at: usize, closing: &[char]) -> Result<(Token, usize), ExprError> {
    let rest = chars.get(at + 1..).unwrap_or_default();
    let length = rest
        .iter()
        .position(|c| closing.contains(c))
        .ok_or_else(|| ExprError::new("unclosed_text", at, ""))?;
    let text = rest.get(..length).unwrap_or_default().iter().collect();
    Ok((Token::Text(text), at + length + 2))
}

fn reference(chars: &[char], at: usize) -> Result<(Token, usize), ExprError> {
    let rest = chars.get(at + 2..).unwrap_or_default();
    let length =
        rest.iter().position(|c| *c == '}').ok_or_else(|| ExprError::new("unexpected_end", at, "${"))?;
    let written: String = rest.get(..length).unwrap_or_default().iter().collect();
    let name = written.trim();
    let fits = name.chars().next().is_some_and(starts_name) && name.chars().all(continues_name);
    if !fits {
        return Err(ExprError::new("unknown_name", at, name));
    }
    Ok((Token::Reference(name.to_owned()), at + length + 3))
}

fn name(chars: &[char], at: usize) -> Result<(Token, usize), ExprError> {
    let mut end = at;
    while let Some(&c) = chars.get(end) {
        // A prefix as in `jr:choice-name` or a dot as in `v1.2` belongs to the name only before more of it.
        let next = chars.get(end + 1).copied();
        let goes_on = (c == ':' && next.is_some_and(starts_name))
            || (c == '.' && next.is_some_and(|next| next.is_alphanumeric() || next == '_'));
        if !continues_name(c) && !goes_on {
            break;
        }
        end += 1;
    }
    let name: String = chars.get(at..end).unwrap_or_default().iter().collect();
    // `child::`, `parent::` and the like.
    if chars.get(end..end + 2) == Some(&[':', ':']) {
        return Err(ExprError::new("unsupported_path", at, name));
    }
    Ok((Token::Name(name), end))
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}
