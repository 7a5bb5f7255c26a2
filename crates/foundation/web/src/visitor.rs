use std::{fmt, net::IpAddr, str::FromStr, sync::Arc};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    response::{IntoResponse, Response},
};
use base::{Clock, Randomness, Span, Timestamp, Token};
use http::{StatusCode, request::Parts};
use text::{Language, Text};
use ui::{Footer, Frame, Theme};

use crate::{frame_maker::FrameMaker, guard::Sender};

/// Scheme, host and port of a site, as compared by browsers (RFC 6454): `https://example.jp`, `http://consult.localhost:8400`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Origin(String);

/// A text that is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin is 'https://HOST' or 'http://NAME.localhost:PORT', without path or trailing slash")]
pub struct UnreadableOrigin;

impl Origin {
    /// The origin without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of a path of this site. `path` begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Whether it uses TLS. Otherwise it is an address of this machine.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Host and port, as in the `Host` header.
    pub fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = UnreadableOrigin;

    fn from_str(text: &str) -> Result<Self, UnreadableOrigin> {
        let (scheme, authority) = text.split_once("://").ok_or(UnreadableOrigin)?;
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let port_is_number = authority.rsplit_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_ok());
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
        let local = base::is_loopback_name(host) || host == "127.0.0.1";
        let well_formed = !host.is_empty() && host.chars().all(plain) && port_is_number;
        // Clear text is for this machine only, where browsers treat it as secure too.
        let secure = scheme == "https" || (scheme == "http" && local);
        if well_formed && secure { Ok(Self(text.to_owned())) } else { Err(UnreadableOrigin) }
    }
}

impl<'de> serde::Deserialize<'de> for Origin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A service's site: its theme and address, and its sources of time and randomness.
#[derive(Clone)]
pub struct Site(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    theme: Theme,
    name: Option<Text>,
    cookie: String,
    language_cookie: String,
    frame_maker: Option<FrameMaker>,
    origin: Origin,
    clock: Clock,
    randomness: Randomness,
    footer: Footer,
}

impl Site {
    /// The site of a service at `origin`.
    pub fn new(theme: Theme, origin: Origin, clock: Clock, randomness: Randomness) -> Self {
        let name = match theme {
            Theme::Service | Theme::Desk => "consult",
            Theme::Reception => "reception",
            Theme::Portal => "portal",
            Theme::Terminal => "terminal",
            Theme::Demo => "demo",
        };
        // RFC 6265bis §4.1.3.2: other hosts cannot set a cookie with this prefix. It requires `Secure`, and Safari stores no
        // `Secure` cookie from `http://*.localhost`, where no other machine can reach the site or its cookies.
        let prefix = if origin.is_https() { "__Host-" } else { "uketsuke-" };
        let (cookie, language_cookie) = (format!("{prefix}{name}"), format!("{prefix}language"));
        let (name, frame_maker, footer) = (None, None, Footer::default());
        Self(Arc::new(Inner { theme, name, cookie, language_cookie, frame_maker, origin, clock, randomness, footer }))
    }

    /// The same site with a name given by its operator.
    #[must_use]
    pub fn with_name(mut self, name: Text) -> Self {
        Arc::make_mut(&mut self.0).name = Some(name);
        self
    }

    /// The same site with this footer.
    #[must_use]
    pub fn with_footer(mut self, footer: Footer) -> Self {
        Arc::make_mut(&mut self.0).footer = footer;
        self
    }

    /// The same site, whose error pages have the frame that `make` returns for a visitor, with the service's menu and the
    /// signed-in user. It must always succeed, as it is called after an error.
    #[must_use]
    pub fn with_frame_maker<F, M>(mut self, make: M) -> Self
    where
        F: Future<Output = Frame> + Send + 'static,
        M: Fn(Visitor) -> F + Send + Sync + 'static,
    {
        Arc::make_mut(&mut self.0).frame_maker = Some(FrameMaker::new(make));
        self
    }

    /// The theme of its pages, unless a page chooses another.
    pub fn theme(&self) -> Theme {
        self.0.theme
    }

    /// The name given by its operator.
    pub fn name(&self) -> Option<&Text> {
        self.0.name.as_ref()
    }

    /// Its origin.
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Its source of randomness.
    pub fn randomness(&self) -> &Randomness {
        &self.0.randomness
    }

    /// The lifetime of that cookie.
    pub(crate) fn cookie_lifetime(&self) -> CookieLifetime {
        CookieLifetime::for_theme(self.0.theme)
    }

    /// The name of the cookie that identifies a browser.
    pub(crate) fn cookie(&self) -> &str {
        &self.0.cookie
    }

    /// The name of the cookie with the chosen language.
    pub(crate) fn language_cookie(&self) -> &str {
        &self.0.language_cookie
    }
}

/// The network address that a request came from. [`crate::server`] adds it to each request; behind a trusted reverse proxy it
/// is the forwarded address. An IPv6 address is reduced to its /64, which belongs to one subscriber as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// The peer of this address.
    pub fn new(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
            address @ IpAddr::V4(_) => address,
        })
    }
}

/// The sender of a request: its browser, its language, and the time.
#[derive(Clone)]
pub struct Visitor {
    pub(crate) site: Site,
    pub(crate) browser: Token,
    pub(crate) first_visits: Vec<Token>,
    pub(crate) sender: Sender,
    pub(crate) language: Language,
    pub(crate) path_and_query: String,
    pub(crate) now: Timestamp,
    pub(crate) peer: Option<Peer>,
    pub(crate) device: Option<Token>,
}

impl Visitor {
    /// The time of this request, read once.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The language of the response.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The browser's secret, which only its cookie contains.
    pub fn browser(&self) -> &Token {
        &self.browser
    }

    /// The network address that the request came from, if known.
    pub fn peer(&self) -> Option<Peer> {
        self.peer
    }

    /// The device cookie by which an account knows this browser again, if any. It signs nobody in: attempts to sign in are
    /// counted by it (see `accounts::attempts`).
    pub fn device(&self) -> Option<&Token> {
        self.device.as_ref()
    }

    /// The visited site.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Path and query of this request.
    pub fn path_and_query(&self) -> &str {
        &self.path_and_query
    }

    /// The frame of a page for this visitor, in the site's theme, with nobody signed in.
    pub fn frame(&self) -> Frame {
        Frame {
            theme: self.site.theme(),
            name: self.site.0.name.clone(),
            language: self.language,
            csrf: self.csrf(),
            path_and_query: self.path_and_query.clone(),
            signed_in: None,
            menu: Vec::new(),
            footer: self.site.0.footer.clone(),
        }
    }

    /// The frame of an error page for this visitor.
    pub(crate) async fn error_frame(&self) -> Frame {
        match &self.site.0.frame_maker {
            Some(maker) => maker.make(self.clone()).await,
            None => self.frame(),
        }
    }

    /// The CSRF token of every form of this browser, derived from the secret in its cookie.
    pub fn csrf(&self) -> String {
        self.browser.derive(CSRF_PURPOSE)
    }

    /// Whether this is the CSRF token of the browser, or that of another tab which was opened at the same time.
    pub(crate) fn accepts_csrf(&self, token: &str) -> bool {
        let accepted =
            |browser: &Token| base::constant_time_eq(token.as_bytes(), browser.derive(CSRF_PURPOSE).as_bytes());
        accepted(&self.browser) || self.first_visits.iter().any(accepted)
    }
}

/// The purpose from which CSRF tokens are derived.
const CSRF_PURPOSE: &str = "csrf";

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        // The guard of the site adds it; without it the service is composed wrongly and must not respond.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

/// Added to a response whose page has a form that leads to another site, so that its policy allows it (CSP `form-action`
/// covers redirects too).
#[derive(Debug, Clone)]
pub struct FormTargets(pub Vec<Origin>);

/// A new secret for a browser.
#[derive(Clone)]
pub(crate) struct ChangedBrowser {
    pub(crate) browser: Token,
    /// `None` for the site's usual lifetime.
    pub(crate) cookie_lifetime: Option<CookieLifetime>,
}

/// Gives the browser a new secret with this response, as at signing in and out (session fixation).
pub fn change_browser(response: Response, browser: Token) -> Response {
    with_changed_browser(response, ChangedBrowser { browser, cookie_lifetime: None })
}

/// The same on a shared computer: the secret is deleted when the browser is closed.
pub fn change_browser_until_closed(response: Response, browser: Token) -> Response {
    with_changed_browser(response, ChangedBrowser { browser, cookie_lifetime: Some(CookieLifetime::BrowserSession) })
}

fn with_changed_browser(mut response: Response, changed: ChangedBrowser) -> Response {
    response.extensions_mut().insert(changed);
    response
}

/// The device cookie of the browser that signed in.
#[derive(Clone)]
pub(crate) struct RememberedDevice(pub(crate) Token);

/// Sets the cookie by which an account knows this browser again.
pub fn remember_device(mut response: Response, device: Token) -> Response {
    response.extensions_mut().insert(RememberedDevice(device));
    response
}

/// How long a browser stores the cookie that identifies it. It does not prolong a session: what is signed in or begun with it
/// ends in the service's own store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CookieLifetime {
    /// Until the browser is closed.
    BrowserSession,
    /// For a span after it was set.
    Fixed(Span),
    /// For a span after each response.
    Renewed(Span),
}

impl CookieLifetime {
    fn for_theme(theme: Theme) -> Self {
        let days = |days: i64| Span::from_hours(24 * days);
        match theme {
            // As long as a patient stays signed in.
            Theme::Service => Self::Fixed(days(30)),
            // A registered patient can return until the end of the visit day, and a visit may be 92 days ahead. The app on a
            // phone keeps its cookie as long.
            Theme::Reception | Theme::Portal => Self::Renewed(days(93)),
            // A clinic's computer is shared.
            Theme::Desk | Theme::Terminal | Theme::Demo => Self::BrowserSession,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        assert_eq!(text.parse::<Origin>().is_ok(), expected, "{text}");
    }

    #[test]
    fn an_origin_is_https_or_this_machine() {
        check("https://clinic.example.jp", true);
        check("http://consult.localhost:8400", true);
        check("http://localhost:8400", true);
        check("http://clinic.example.jp", false);
        check("http://notlocalhost:8400", false);
        check("https://clinic.example.jp/", false);
        check("https://user@clinic.example.jp", false);
        check("https://", false);
        check("clinic.example.jp", false);
        check("https://clinic.example.jp:port", false);
    }
}
