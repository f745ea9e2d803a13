//! cogate

pub mod source;
