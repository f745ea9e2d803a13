//! cogate
