//! A crate with a trait that two types implement.

/// Something that runs.
pub trait Motor {
    /// Starts it.
    fn start(&mut self);
}

/// Burns petrol.
pub struct Petrol;

/// Uses a battery.
pub struct Electric;

impl Motor for Petrol {
    fn start(&mut self) {}
}

impl Motor for Electric {
    fn start(&mut self) {}
}
