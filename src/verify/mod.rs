//! Implementers and consumers: whether what they override and use fits a provider. It compares nothing over time (that
//! is `compare`), and reads no source by itself: a front end shows it classes, calls and uses.

mod consumer;
mod exact;
mod implementers;
mod overrides;
mod record;
mod recorded;
mod words;

pub use consumer::consumer;
pub use implementers::{Asked, Verified, implementers};
pub use record::record;
pub use recorded::Recorded;
