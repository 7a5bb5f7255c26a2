/// The entry of an error code in the generated reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// Such as `reception.procedure.none`.
    pub code: &'static str,
    pub meaning: &'static str,
    pub remedy: &'static str,
}
