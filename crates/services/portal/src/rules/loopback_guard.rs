//! The requests that the window on a person's own computer answers, by the headers that the browser sets.
//!
//! The window is a page on a loopback address, so every site that is open in a browser of this computer can send requests
//! to it. From other sites only one is accepted: the link that opens the app, as a top-level page. It changes nothing; only
//! the form on that page does, which is of the window itself.

use http::Method;

/// The path of the link that opens the app.
pub(crate) const OPEN_PATH: &str = "/open";

/// The parts of a request that are checked. Browsers set all of them, and no page can change them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestHeaders<'r> {
    pub(crate) method: &'r Method,
    pub(crate) path: &'r str,
    /// `Host`
    pub(crate) host: Option<&'r str>,
    /// `Origin`
    pub(crate) origin: Option<&'r str>,
    /// `Sec-Fetch-Site`
    pub(crate) site: Option<&'r str>,
    /// `Sec-Fetch-Mode`
    pub(crate) mode: Option<&'r str>,
    /// `Sec-Fetch-Dest`
    pub(crate) destination: Option<&'r str>,
}

/// Why the window refuses a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForeignRequest {
    /// The `Host` is another name: a site may have pointed its own name at this computer (DNS rebinding).
    #[error("the window was asked for under a name that is not its own")]
    Host,
    /// The page was requested for a frame of another page.
    #[error("the window was to be shown within another page")]
    Framed,
    /// A page of another site sent the request.
    #[error("another site's page sent this")]
    CrossSite,
}

/// Checks a request to the window at `origin` (`http://127.0.0.1:PORT`).
pub(crate) fn check_request(origin: &str, headers: RequestHeaders<'_>) -> Result<(), ForeignRequest> {
    let own_name = origin.split_once("://").map_or("", |(_, name)| name);
    if headers.host != Some(own_name) {
        return Err(ForeignRequest::Host);
    }
    if matches!(headers.destination, Some("iframe" | "frame" | "embed" | "object" | "fencedframe")) {
        return Err(ForeignRequest::Framed);
    }
    let changes = !matches!(*headers.method, Method::GET | Method::HEAD);
    // A form always has an `Origin` (Fetch Standard, "append a request Origin header").
    if headers.origin.map_or(changes, |value| value != origin) {
        return Err(ForeignRequest::CrossSite);
    }
    match headers.site {
        // Old browsers do not send it: GET changes nothing, and a POST has its `Origin`.
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => {
            let is_navigation = headers.mode == Some("navigate") && headers.destination == Some("document");
            if !changes && is_navigation && headers.path == OPEN_PATH { Ok(()) } else { Err(ForeignRequest::CrossSite) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "http://127.0.0.1:24731";

    fn get_request(path: &str) -> RequestHeaders<'_> {
        RequestHeaders {
            method: &Method::GET,
            path,
            host: Some("127.0.0.1:24731"),
            origin: None,
            site: Some("same-origin"),
            mode: Some("navigate"),
            destination: Some("document"),
        }
    }

    fn post_request(path: &str) -> RequestHeaders<'_> {
        RequestHeaders { method: &Method::POST, origin: Some(OWN), ..get_request(path) }
    }

    #[track_caller]
    fn check(headers: RequestHeaders<'_>, expected: Result<(), ForeignRequest>) {
        assert_eq!(check_request(OWN, headers), expected, "{headers:?}");
    }

    #[test]
    fn its_own_pages_and_the_address_line_are_answered() {
        check(get_request("/"), Ok(()));
        check(get_request("/visits/x"), Ok(()));
        check(RequestHeaders { site: Some("none"), ..get_request("/") }, Ok(()));
        check(post_request("/visits/x/pin"), Ok(()));
        check(RequestHeaders { site: None, mode: None, destination: None, ..get_request("/") }, Ok(()));
        check(
            RequestHeaders { mode: Some("cors"), destination: Some("empty"), ..get_request("/visits/x/progress") },
            Ok(()),
        );
    }

    #[test]
    fn from_elsewhere_only_the_link_opens_it_as_a_page_of_its_own() {
        let link = RequestHeaders { site: Some("cross-site"), ..get_request(OPEN_PATH) };
        check(link, Ok(()));
        check(RequestHeaders { site: Some("same-site"), ..link }, Ok(()));
        check(RequestHeaders { path: "/visits/x", ..link }, Err(ForeignRequest::CrossSite));
        check(RequestHeaders { path: "/", ..link }, Err(ForeignRequest::CrossSite));
        check(RequestHeaders { method: &Method::POST, ..link }, Err(ForeignRequest::CrossSite));
        check(
            RequestHeaders { method: &Method::POST, origin: Some("https://evil.example"), ..link },
            Err(ForeignRequest::CrossSite),
        );
        check(
            RequestHeaders { method: &Method::OPTIONS, origin: Some("https://evil.example"), ..link },
            Err(ForeignRequest::CrossSite),
        );
        for mode in [Some("no-cors"), Some("cors"), Some("websocket"), None] {
            check(RequestHeaders { mode, ..link }, Err(ForeignRequest::CrossSite));
        }
        for destination in [Some("image"), Some("script"), Some("empty"), None] {
            check(RequestHeaders { destination, ..link }, Err(ForeignRequest::CrossSite));
        }
    }

    #[test]
    fn it_is_not_shown_within_another_page() {
        for destination in ["iframe", "frame", "embed", "object", "fencedframe"] {
            for site in [None, Some("same-origin"), Some("cross-site")] {
                check(
                    RequestHeaders { destination: Some(destination), site, ..get_request(OPEN_PATH) },
                    Err(ForeignRequest::Framed),
                );
            }
        }
    }

    #[test]
    fn it_answers_to_its_own_name_alone() {
        for host in [
            None,
            Some("evil.example"),
            Some("evil.example:24731"),
            Some("localhost:24731"),
            Some("127.0.0.1"),
            Some("127.0.0.1:80"),
            Some("127.0.0.1:24731.evil.example"),
            Some(""),
        ] {
            check(RequestHeaders { host, ..get_request("/") }, Err(ForeignRequest::Host));
        }
    }

    #[test]
    fn a_form_says_where_it_comes_from() {
        for origin in [
            None,
            Some("null"),
            Some("https://evil.example"),
            Some("http://127.0.0.1:8400"),
            Some("http://localhost:24731"),
        ] {
            check(RequestHeaders { origin, ..post_request("/open") }, Err(ForeignRequest::CrossSite));
            check(
                RequestHeaders { origin, site: None, mode: None, ..post_request("/open") },
                Err(ForeignRequest::CrossSite),
            );
        }
        check(
            RequestHeaders { origin: Some("https://evil.example"), ..get_request("/open") },
            Err(ForeignRequest::CrossSite),
        );
    }
}
