use std::{collections::BTreeMap, sync::Mutex};

use handover::FORM_MEDIA_TYPE;
use reqwest::{
    Method, StatusCode,
    header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE, USER_AGENT},
};
use url::Url;

use crate::World;

/// A browser without scripts: it keeps cookies by site, follows redirects within a site, and sends forms with their hidden
/// fields.
pub struct Browser<'w> {
    world: &'w World,
    user_agent: &'static str,
    cookies: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
}

/// A response to a browser.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: StatusCode,
    /// The address that responded, or the target of a redirect to another site.
    pub url: Url,
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
    /// The body in bytes.
    pub bytes: Vec<u8>,
}

const COMPUTER: &str = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36";
const ANDROID: &str = "Mozilla/5.0 (Linux; Android 16) Chrome/156.0 Mobile Safari/537.36";

impl<'w> Browser<'w> {
    /// A browser on a computer.
    pub fn on_computer(world: &'w World) -> Self {
        Self { user_agent: COMPUTER, ..Self::on_android(world) }
    }

    /// A browser on an Android phone.
    pub fn on_android(world: &'w World) -> Self {
        Self { world, user_agent: ANDROID, cookies: Mutex::default() }
    }

    /// Opens an address. Redirects are followed as long as they stay on the site.
    pub async fn open(&self, address: &str) -> Page {
        let mut page = self.send(Method::GET, address.parse().expect("an address"), None).await;
        while let Some(next) = page.redirect_target() {
            page = self.send(Method::GET, next, None).await;
        }
        page
    }

    /// Sends a `HEAD` request without following redirects.
    pub async fn head(&self, address: &str) -> Page {
        self.send(Method::HEAD, address.parse().expect("an address"), None).await
    }

    /// Sends a `GET` request with an additional header, without following redirects.
    pub async fn get_with_header(&self, address: &str, header: (&str, &str)) -> Page {
        self.send_with_header(Method::GET, address.parse().expect("an address"), None, Some(header)).await
    }

    /// Sends the form of a page that posts to an address containing `action`, with its hidden fields and `fields`. Follows
    /// redirects.
    pub async fn submit_form(&self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let (url, mut sent_fields) = page.find_form(action);
        sent_fields.retain(|(name, _)| !fields.iter().any(|(field, _)| field == name));
        sent_fields.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut response = self.post(url, &sent_fields).await;
        while let Some(next) = response.redirect_target() {
            response = self.send(Method::GET, next, None).await;
        }
        response
    }

    /// Posts fields to an address without following redirects.
    pub async fn post(&self, url: Url, fields: &[(String, String)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, url, Some((FORM_MEDIA_TYPE.to_owned(), body.into_bytes()))).await
    }

    /// Posts fields with the header by which a browser marks a request of another site.
    pub async fn post_with_header(&self, url: Url, fields: &[(String, String)], header: (&str, &str)) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let content_type = FORM_MEDIA_TYPE.to_owned();
        self.send_with_header(Method::POST, url, Some((content_type, body.into_bytes())), Some(header)).await
    }

    /// Sends the upload form of a page with its hidden fields, in the order of the page, and one file. Follows redirects.
    pub async fn upload_file(&self, page: &Page, action: &str, (name, file): (&str, &[u8])) -> Page {
        let (url, fields) = page.find_form(action);
        let mut response = self.post_parts(url, &fields, (name, file)).await;
        while let Some(next) = response.redirect_target() {
            response = self.send(Method::GET, next, None).await;
        }
        response
    }

    /// Posts fields and a file as multipart/form-data (RFC 7578), without following redirects.
    pub async fn post_parts(&self, url: Url, fields: &[(String, String)], (name, file): (&str, &[u8])) -> Page {
        const BOUNDARY: &str = "----testkit-8f0c2d51";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.heic\"\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(b"Content-Type: image/heic\r\n\r\n");
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        self.send(Method::POST, url, Some((format!("multipart/form-data; boundary={BOUNDARY}"), body))).await
    }

    async fn send(&self, method: Method, url: Url, form: Option<(String, Vec<u8>)>) -> Page {
        self.send_with_header(method, url, form, None).await
    }

    async fn send_with_header(
        &self,
        method: Method,
        url: Url,
        form: Option<(String, Vec<u8>)>,
        header: Option<(&str, &str)>,
    ) -> Page {
        let site = url.origin().ascii_serialization();
        let mut request = self.world.http().request(method, url.clone()).header(USER_AGENT, self.user_agent);
        let cookie_pairs: Vec<String> = {
            let cookies = self.cookies.lock().expect("the lock is not poisoned");
            cookies.get(&site).into_iter().flatten().map(|(name, value)| format!("{name}={value}")).collect()
        };
        if !cookie_pairs.is_empty() {
            request = request.header(COOKIE, cookie_pairs.join("; "));
        }
        match (form, header) {
            (Some((content_type, body)), header) => {
                request = request.header(CONTENT_TYPE, content_type).body(body);
                let (name, value) = header.unwrap_or(("origin", &site));
                request = request.header(name, value);
            }
            (None, Some((name, value))) => request = request.header(name, value),
            (None, None) => {}
        }
        let response = request.send().await.expect("a response");
        for cookie in response.headers().get_all(SET_COOKIE) {
            let text = cookie.to_str().expect("a cookie is text");
            assert!(text.contains("; HttpOnly; SameSite=Lax"), "{text}");
            // Addresses of this machine are without TLS and set no `Secure`: Safari stores no `Secure` cookie from there.
            assert_eq!(text.contains("; Secure;"), site.starts_with("https:"), "{text}");
            let pair = text.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie has a name");
            let mut cookies = self.cookies.lock().expect("the lock is not poisoned");
            let cookies = cookies.entry(site.clone()).or_default();
            if text.contains("; Max-Age=0") {
                cookies.remove(pair.0);
            } else {
                cookies.insert(pair.0.to_owned(), pair.1.to_owned());
            }
        }
        let status = response.status();
        let url = match response.headers().get(LOCATION) {
            Some(location) => url.join(location.to_str().expect("an address is text")).expect("an address"),
            None => url,
        };
        let headers = response.headers().clone();
        let bytes = response.bytes().await.expect("a body").to_vec();
        Page { status, url, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }
}

impl Page {
    /// The target of a redirect within the demo. A service of tests has no server: the address of its redirect is the result.
    fn redirect_target(&self) -> Option<Url> {
        (self.status.is_redirection() && self.url.port() != Some(1)).then(|| self.url.clone())
    }

    /// Address and hidden fields of the form that posts to an address containing `action`.
    pub fn find_form(&self, action: &str) -> (Url, Vec<(String, String)>) {
        let form = self
            .body
            .split("<form ")
            .skip(1)
            .map(|form| form.split("</form>").next().unwrap_or_default())
            .find(|form| find_attribute(form, "action").is_some_and(|address| address.contains(action)));
        let form = form.unwrap_or_else(|| panic!("no form posts to '{action}' on {}:\n{}", self.url, self.body));
        let form_action = find_attribute(form, "action").expect("the form has an action");
        let hidden_inputs =
            form.split("<input ").skip(1).filter(|input| find_attribute(input, "type").as_deref() == Some("hidden"));
        let fields =
            hidden_inputs.filter_map(|input| Some((find_attribute(input, "name")?, find_attribute(input, "value")?)));
        (self.url.join(&form_action).expect("an action is an address"), fields.collect())
    }

    /// The address of the first link whose address contains `part`.
    pub fn find_link(&self, part: &str) -> String {
        let link = self.find_links(part).into_iter().next();
        link.unwrap_or_else(|| panic!("no link to '{part}' on {}:\n{}", self.url, self.body))
    }

    /// The addresses of all links whose address contains `part`.
    pub fn find_links(&self, part: &str) -> Vec<String> {
        let links = self.body.split("<a ").skip(1).filter_map(|link| find_attribute(link, "href"));
        let matching = links.filter(|address| address.contains(part));
        matching.map(|address| self.url.join(&address).expect("a link is an address").to_string()).collect()
    }

    /// The page itself; panics unless its body contains `text`.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "an assertion; the page is returned for chaining")]
    pub fn assert_contains(self, text: &str) -> Self {
        assert!(self.body.contains(text), "'{text}' is not on {} ({}):\n{}", self.url, self.status, self.body);
        self
    }

    /// A parameter of `url`.
    pub fn query_parameter(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// The value of an attribute in the tag at the start of the text.
fn find_attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let start = tag.find(&format!("{name}=\""))? + name.len() + 2;
    let value = tag[start..].split('"').next()?;
    Some(value.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\""))
}
