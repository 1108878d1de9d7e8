//! Layer 4: puts events and failures into words, in both languages: what happened, why, and
//! what to do.
//!
//! Every function is pure: a fact in, words out.

mod argument;
mod buffer_size;
mod closed_port;
mod command;
mod config;
mod course;
mod describe;
mod description;
pub mod doctor;
mod error_name;
mod failure;
mod file;
mod filter;
mod framing;
mod group;
mod host_name;
mod idle;
mod impair;
mod input;
mod io_error;
mod lookup;
mod loss;
mod no_protocol;
mod no_route;
mod notice;
mod reason;
mod regular;
mod rule;
mod scenario;
mod settings;
mod shortage;
mod socket_name;
mod system;
mod undelivered;
mod unsupported;
mod value;
mod written;

pub use argument::argument_mistake;
pub use command::not_started;
pub use config::{config_mistake, quoted_mistake};
pub use course::{course_mistake, in_language};
pub use describe::describe;
pub use description::{code_refusal, encode_mistake, field_fault, formula_mistake, schema_problem};
pub use failure::{Explanation, failure, last_failure};
pub use filter::{filter_mistake, unknown_key};
pub use framing::framing_mistake;
pub use host_name::homograph_warning;
pub use idle::idle;
pub use impair::plan_mistake;
pub use input::{address_fault, group_fault, mistake, no_such_interface};
pub use io_error::died;
pub use loss::drops;
pub use no_route::{astray, send_cure, unheard};
pub use notice::{notice, silence};
pub use reason::{reason, unmade, unreadable, unrestored, unsaved_cure, unwritten, write_cure};
pub use rule::{outcome, rule_problem};
pub use scenario::{scenario, scenario_problem};
pub use settings::{set_aside, set_aside_meanwhile};
pub use unsupported::unsupported;
pub use value::value_mistake;
pub use written::{description_problem, file_mistake};
