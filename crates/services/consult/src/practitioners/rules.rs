//! Doctors, their specialties and their languages.

pub(crate) mod practitioner;
pub(crate) mod specialty;
pub(crate) mod spoken_language;
