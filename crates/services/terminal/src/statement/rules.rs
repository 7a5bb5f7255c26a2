use crate::eligibility::rules::Finding;

/// Whether the patient may have to write a statement.
pub(crate) fn is_statement_useful(finding: Finding) -> bool {
    match finding {
        Finding::NotFound | Finding::Invalid | Finding::NotStated => true,
        Finding::Valid
        | Finding::ValidUnregistered
        | Finding::InvalidWithNewer
        | Finding::Several
        | Finding::Hidden(_) => false,
    }
}
