use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    ClientId, DETAILS_TYPE, Issuer, Location, RequestUri, SigningAlgorithm, WrongAddress, address::parse_web_address,
};

const MAX_BYTES: usize = 64 * 1024;

/// A reception's metadata (RFC 8414): its issuer and its endpoints.
///
/// Its capabilities are fixed by the profile; [`Metadata`] writes them and refuses a reception that lacks one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    issuer: Issuer,
    endpoints: Endpoints,
}

/// The endpoints of a reception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// For pushed requests (RFC 9126 §2).
    pub pushed_requests: Url,
    /// For browsers (RFC 6749 §3.1).
    pub authorization: Url,
    /// For redeeming codes (RFC 6749 §3.2).
    pub token: Url,
    /// For the status of a reception, by access token.
    pub status: Url,
}

/// Why a reception cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataRefusal {
    /// Longer than allowed.
    #[error("the metadata is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// Not the expected JSON.
    #[error("the metadata is not the JSON of RFC 8414: {0}")]
    Unreadable(String),
    /// It is for another issuer (RFC 8414 §3.3).
    #[error("the metadata is for another issuer, not for {0}")]
    Issuer(Issuer),
    /// An invalid endpoint.
    #[error("{0}: {1}")]
    Endpoint(&'static str, WrongAddress),
    /// It lacks a capability of the profile.
    #[error("the reception does not speak this profile: {0} lacks {1}")]
    Missing(&'static str, &'static str),
}

#[derive(Serialize, Deserialize)]
struct MetadataJson {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    pushed_authorization_request_endpoint: String,
    /// An extension of the profile: RFC 8414 §2 allows additional members.
    online_eligibility_reception_status_endpoint: String,
    require_pushed_authorization_requests: bool,
    response_types_supported: Vec<String>,
    #[serde(default = "default_response_modes")]
    response_modes_supported: Vec<String>,
    #[serde(default = "default_grant_types")]
    grant_types_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Vec<String>,
    token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    code_challenge_methods_supported: Vec<String>,
    authorization_details_types_supported: Vec<String>,
    authorization_response_iss_parameter_supported: bool,
}

/// RFC 8414 §2: the default of `response_modes_supported`.
fn default_response_modes() -> Vec<String> {
    to_strings(&["query", "fragment"])
}

/// RFC 8414 §2: the default of `grant_types_supported`.
fn default_grant_types() -> Vec<String> {
    to_strings(&["authorization_code", "implicit"])
}

fn to_strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

impl Metadata {
    /// The metadata of a reception with these endpoints.
    pub fn new(issuer: Issuer, endpoints: Endpoints) -> Result<Self, MetadataRefusal> {
        for (name, url) in endpoints.iter_named() {
            parse_web_address(url.as_str()).map_err(|wrong| MetadataRefusal::Endpoint(name, wrong))?;
        }
        Ok(Self { issuer, endpoints })
    }

    /// Parses the document at [`Issuer::metadata_url`], which must be for that issuer.
    pub fn read(json: &[u8], issuer: &Issuer) -> Result<Self, MetadataRefusal> {
        if json.len() > MAX_BYTES {
            return Err(MetadataRefusal::TooLong);
        }
        let wire: MetadataJson =
            serde_json::from_slice(json).map_err(|error| MetadataRefusal::Unreadable(error.to_string()))?;
        if wire.issuer != issuer.as_str() {
            return Err(MetadataRefusal::Issuer(issuer.clone()));
        }
        wire.check_profile()?;
        let endpoint =
            |name, text: &str| parse_web_address(text).map_err(|wrong| MetadataRefusal::Endpoint(name, wrong));
        let [pushed_requests, authorization, token, status] = ENDPOINTS;
        Ok(Self {
            issuer: issuer.clone(),
            endpoints: Endpoints {
                pushed_requests: endpoint(pushed_requests, &wire.pushed_authorization_request_endpoint)?,
                authorization: endpoint(authorization, &wire.authorization_endpoint)?,
                token: endpoint(token, &wire.token_endpoint)?,
                status: endpoint(status, &wire.online_eligibility_reception_status_endpoint)?,
            },
        })
    }

    /// The issuer.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The endpoints.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The accepted audiences of a client assertion: issuer, token endpoint, pushed requests (RFC 7523 §3 item 3, RFC 9126
    /// §2).
    pub fn audiences(&self) -> [&str; 3] {
        [self.issuer.as_str(), self.endpoints.token.as_str(), self.endpoints.pushed_requests.as_str()]
    }

    /// The address to redirect the browser to (RFC 9126 §4).
    pub fn authorization_url(&self, client: &ClientId, request_uri: &RequestUri) -> Location {
        let mut url = self.endpoints.authorization.clone();
        url.query_pairs_mut()
            .append_pair("client_id", client.as_str())
            .append_pair("request_uri", request_uri.reveal());
        Location::new(url)
    }
}

const ENDPOINTS: [&str; 4] = [
    "pushed_authorization_request_endpoint",
    "authorization_endpoint",
    "token_endpoint",
    "online_eligibility_reception_status_endpoint",
];

impl Endpoints {
    fn iter_named(&self) -> impl Iterator<Item = (&'static str, &Url)> {
        ENDPOINTS.into_iter().zip([&self.pushed_requests, &self.authorization, &self.token, &self.status])
    }
}

impl MetadataJson {
    fn check_profile(&self) -> Result<(), MetadataRefusal> {
        let needs: [(&'static str, &Vec<String>, &'static str); 7] = [
            ("response_types_supported", &self.response_types_supported, "code"),
            ("response_modes_supported", &self.response_modes_supported, "query"),
            ("grant_types_supported", &self.grant_types_supported, "authorization_code"),
            ("token_endpoint_auth_methods_supported", &self.token_endpoint_auth_methods_supported, "private_key_jwt"),
            (
                "token_endpoint_auth_signing_alg_values_supported",
                &self.token_endpoint_auth_signing_alg_values_supported,
                "ES256",
            ),
            ("code_challenge_methods_supported", &self.code_challenge_methods_supported, "S256"),
            ("authorization_details_types_supported", &self.authorization_details_types_supported, DETAILS_TYPE),
        ];
        for (member, supported, needed) in needs {
            if !supported.iter().any(|value| value == needed) {
                return Err(MetadataRefusal::Missing(member, needed));
            }
        }
        // Without iss in the response one reception could impersonate another (RFC 9207 §1).
        if !self.authorization_response_iss_parameter_supported {
            return Err(MetadataRefusal::Missing("authorization_response_iss_parameter_supported", "true"));
        }
        Ok(())
    }
}

impl Serialize for Metadata {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Endpoints { pushed_requests, authorization, token, status } = &self.endpoints;
        MetadataJson {
            issuer: self.issuer.as_str().into(),
            authorization_endpoint: authorization.as_str().into(),
            token_endpoint: token.as_str().into(),
            pushed_authorization_request_endpoint: pushed_requests.as_str().into(),
            online_eligibility_reception_status_endpoint: status.as_str().into(),
            require_pushed_authorization_requests: true,
            response_types_supported: to_strings(&["code"]),
            response_modes_supported: to_strings(&["query"]),
            grant_types_supported: to_strings(&["authorization_code"]),
            token_endpoint_auth_methods_supported: to_strings(&["private_key_jwt"]),
            token_endpoint_auth_signing_alg_values_supported: to_strings(&SigningAlgorithm::NAMES),
            code_challenge_methods_supported: to_strings(&["S256"]),
            authorization_details_types_supported: to_strings(&[DETAILS_TYPE]),
            authorization_response_iss_parameter_supported: true,
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata() -> Metadata {
        let url = |path: &str| Url::parse("https://reception.example").unwrap().join(path).unwrap();
        Metadata::new(
            "https://reception.example".parse().unwrap(),
            Endpoints {
                pushed_requests: url("/par"),
                authorization: url("/authorize?tenant=7"),
                token: url("/token"),
                status: url("/status"),
            },
        )
        .unwrap()
    }

    fn check(original: &str, replacement: &str, expected: &str) {
        let metadata = metadata();
        let json = serde_json::to_string(&metadata).unwrap();
        assert!(json.contains(original), "{json}");
        let refusal = Metadata::read(json.replace(original, replacement).as_bytes(), metadata.issuer()).unwrap_err();
        assert!(refusal.to_string().contains(expected), "{refusal}");
    }

    #[test]
    fn metadata_is_read_as_it_was_written() {
        let metadata = metadata();
        let json = serde_json::to_string(&metadata).unwrap();
        assert_eq!(Metadata::read(json.as_bytes(), metadata.issuer()), Ok(metadata));
    }

    #[test]
    fn a_reception_that_lacks_something_is_named_with_what_it_lacks() {
        check(
            r#""issuer":"https://reception"#,
            r#""issuer":"https://evil"#,
            "another issuer, not for https://reception",
        );
        check(r#""S256""#, r#""plain""#, "code_challenge_methods_supported lacks S256");
        check(r#""private_key_jwt""#, r#""none""#, "lacks private_key_jwt");
        check(r#""ES256","#, "", "lacks ES256");
        check(
            r#"iss_parameter_supported":true"#,
            r#"iss_parameter_supported":false"#,
            "iss_parameter_supported lacks true",
        );
        check(r#""online_eligibility_reception"]"#, "]", "lacks online_eligibility_reception");
        check(
            "https://reception.example/token",
            "http://reception.example/token",
            "token_endpoint: the address must begin",
        );
        check(r#""token_endpoint""#, r#""other""#, "missing field `token_endpoint`");
        check(r#""https://reception.example/status""#, "7", "not the JSON");
    }

    #[test]
    fn a_browser_leaves_with_client_and_request_uri() {
        let request_uri = "urn:ietf:params:oauth:request_uri:abc".parse().unwrap();
        let url = metadata().authorization_url(&"consult".parse().unwrap(), &request_uri);
        assert_eq!(
            url.reveal(),
            "https://reception.example/authorize?tenant=7&client_id=consult&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Aabc"
        );
    }
}
