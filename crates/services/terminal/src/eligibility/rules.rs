//! What the eligibility system is asked for, and what its response means.

mod care;
mod consent;
mod finding;
mod insurance_document;
mod list_query;

pub(crate) use care::Care;
pub(crate) use consent::{ConsentItem, ConsentState, Consents};
pub(crate) use finding::{Finding, HiddenReason, NextAction, SystemMessage};
pub(crate) use insurance_document::InsuranceDocument;
pub(crate) use list_query::{DateCriterion, ListQuery};
