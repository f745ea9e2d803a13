//! Drivers.

/// Runs instances.
pub trait Driver {
    /// Starts one.
    fn spawn(&self, name: &str) -> bool;
    /// Stops one.
    fn stop(&self);
}

/// Finds a driver.
pub fn load(name: &str, strict: bool) -> usize {
    name.len() + usize::from(strict)
}
