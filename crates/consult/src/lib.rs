//! consult
