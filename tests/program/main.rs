//! The program from outside: scratch projects, the real binary, and what it says. What a rule says of a change is
//! tested elsewhere; here it is what a user meets.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod bad_input;
mod based;
mod ci;
mod consumers;
mod hostile;
mod laws;
mod log;
mod requires;
mod review;
mod schema;
mod scratch;
mod staged;
