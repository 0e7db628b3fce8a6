//! What to send next, how much and when again: a pure plan, and the HTTP carrier.
