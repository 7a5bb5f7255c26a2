//! Reminders before a visit: what is missing, and what to do next.
//!
//! A visit has three rungs (`rules::ReminderRung`). Which letter a rung sends follows from what is missing then; whether it
//! sends one, from what the patient was sent before. What is decided about a rung is a row, so it is decided once.

mod letter;
pub(crate) mod rules;
pub(crate) mod scheduling;
pub(crate) mod store;
mod texts;

#[cfg(test)]
mod tests;
