//! cogate records the interface that one code base offers another as a contract, and says in the commit that does
//! it when a change breaks somebody. Data flows one way: source, front end, interface, compare, report.
//!
//! This file only names the rooms of the house; CONTRIBUTING.md is the map.

pub mod cli;
pub mod commands;
pub mod compare;
pub mod config;
pub mod contract;
pub mod finding;
pub mod history;
pub mod interface;
pub mod propose;
pub mod provider;
pub mod python;
pub mod report;
pub mod rules;
pub mod rust;
pub mod source;
pub mod toml_text;
pub mod verify;
