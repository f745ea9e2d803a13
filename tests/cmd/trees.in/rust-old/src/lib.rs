//! Drivers.

/// Runs instances.
pub trait Driver {
    /// Starts one.
    fn spawn(&self, name: &str) -> bool;
}

/// Finds a driver.
pub fn load(name: &str) -> usize {
    name.len()
}
