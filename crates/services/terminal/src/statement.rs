//! 被保険者資格申立書: the statement that a patient writes if insurance cannot be confirmed, as a form to print.

pub(crate) mod pages;
mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;

pub(crate) use pages::render_blank_link;
pub(crate) use rules::is_statement_useful;

#[cfg(test)]
mod tests;
pub(crate) mod texts;
