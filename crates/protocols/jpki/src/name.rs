use const_oid::db::rfc4519::{COMMON_NAME, COUNTRY_NAME, LOCALITY_NAME, ORGANIZATION_NAME, ORGANIZATIONAL_UNIT_NAME};
use der::{
    Decode, Encode, Tag, Tagged,
    asn1::{Any, PrintableStringRef, Utf8StringRef},
};
use x509_cert::{
    attr::AttributeTypeAndValue,
    name::{Name, RdnSequence, RelativeDistinguishedName},
};

/// An attribute of a distinguished name.
#[derive(Clone, Copy)]
pub(crate) enum NameAttribute<'a> {
    Country(&'a str),
    Organization(&'a str),
    OrganizationalUnit(&'a str),
    Locality(&'a str),
    CommonName(&'a str),
}

/// The name with these attributes, the country as a PrintableString (X.520), all others in UTF-8.
pub(crate) fn build_name(parts: &[NameAttribute<'_>]) -> der::Result<Name> {
    let mut steps = RdnSequence::default();
    for part in parts {
        let (oid, value) = match *part {
            NameAttribute::Country(text) => (COUNTRY_NAME, Any::encode_from(&PrintableStringRef::new(text)?)?),
            NameAttribute::Organization(text) => (ORGANIZATION_NAME, utf8_string(text)?),
            NameAttribute::OrganizationalUnit(text) => (ORGANIZATIONAL_UNIT_NAME, utf8_string(text)?),
            NameAttribute::Locality(text) => (LOCALITY_NAME, utf8_string(text)?),
            NameAttribute::CommonName(text) => (COMMON_NAME, utf8_string(text)?),
        };
        steps.push(RelativeDistinguishedName::try_from(vec![AttributeTypeAndValue { oid, value }])?);
    }
    // `Name` has no public constructor from its attributes.
    Name::from_der(&steps.to_der()?)
}

pub(crate) fn utf8_string(text: &str) -> der::Result<Any> {
    Any::encode_from(&Utf8StringRef::new(text)?)
}

/// The common name of a subject; `None` where there are none or several, or where it is no text.
pub(crate) fn common_name(name: &Name) -> Option<String> {
    let mut names = name.iter().filter(|part| part.oid == COMMON_NAME);
    let (value, None) = (&names.next()?.value, names.next()) else { return None };
    match value.tag() {
        Tag::Utf8String => Utf8StringRef::try_from(value).ok().map(|text| text.as_str().to_owned()),
        Tag::PrintableString => PrintableStringRef::try_from(value).ok().map(|text| text.as_str().to_owned()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}
