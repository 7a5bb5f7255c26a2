//! Addresses within the site.

use web::LocalPath;

use crate::practitioners::rules::practitioner::PractitionerId;

/// The page to continue with after signing in: a path of this site, else the list of appointments.
pub(crate) fn parse_onward_path(path: Option<&str>) -> String {
    LocalPath::parse_or(path, "/appointments").into()
}

pub(crate) fn path_with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let query = serde_urlencoded::to_string(pairs).expect("pairs of strings serialise to a query");
    format!("{path}?{query}")
}

/// An address with parameters and a doctor, who is left out for any.
pub(crate) fn path_with_doctor(path: &str, pairs: &[(&str, &str)], doctor: Option<PractitionerId>) -> String {
    let doctor = doctor.map(|doctor| doctor.to_string());
    let pairs: Vec<_> = pairs.iter().copied().chain(doctor.as_deref().map(|doctor| ("doctor", doctor))).collect();
    path_with_query(path, &pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_on_only_within_this_site() {
        let check = |path: &str, expected: &str| assert_eq!(parse_onward_path(Some(path)), expected, "{path}");
        check("/book?menu=1&start=2", "/book?menu=1&start=2");
        check("//evil.example", "/appointments");
        check("/\\evil.example", "/appointments");
        check("https://evil.example", "/appointments");
        check("", "/appointments");
        check("/a\r\nb", "/appointments");
        assert_eq!(parse_onward_path(None), "/appointments");
    }
}
