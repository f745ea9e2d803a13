//! cogate records the interface that one code base offers another as a contract, and says in the commit that does
//! it when a change breaks somebody. Data flows one way: source, front end, interface, compare, report.
//!
//! This file only names the rooms of the house; CONTRIBUTING.md is the map.

pub mod compare;
pub mod finding;
pub mod interface;
pub mod rules;
pub mod rust;
pub mod source;
