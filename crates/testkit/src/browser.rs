use std::{collections::BTreeMap, sync::Mutex};

use handover::FORM_MEDIA_TYPE;
use reqwest::{
    Method, StatusCode,
    header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE, USER_AGENT},
};
use url::Url;

use crate::World;

/// A browser without scripts: it keeps cookies by site, follows redirects within a site, and sends forms as shown.
pub struct Browser<'w> {
    world: &'w World,
    user_agent: &'static str,
    cookies: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
}

/// What a browser was answered.
#[derive(Debug, Clone)]
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// Where it was found, or where it leads if that is another site.
    pub url: Url,
    /// Its headers.
    pub headers: HeaderMap,
    /// What it says.
    pub body: String,
    /// The same in bytes, for what is no text.
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

    /// Asks for an address by `HEAD`, once, without following.
    pub async fn head(&self, address: &str) -> Page {
        self.send(Method::HEAD, address.parse().expect("an address"), None).await
    }

    /// Asks for an address with a further header, once, without following.
    pub async fn get_with_header(&self, address: &str, header: (&str, &str)) -> Page {
        self.send_with_header(Method::GET, address.parse().expect("an address"), None, Some(header)).await
    }

    /// Sends the form of a page that posts to an address containing `action`, with its hidden fields and these.
    pub async fn submit_form(&self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let (to, mut sent) = page.find_form(action);
        sent.retain(|(name, _)| !fields.iter().any(|(own, _)| own == name));
        sent.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut answer = self.post(to, &sent).await;
        while let Some(next) = answer.redirect_target() {
            answer = self.send(Method::GET, next, None).await;
        }
        answer
    }

    /// Posts fields to an address, once, without following.
    pub async fn post(&self, to: Url, fields: &[(String, String)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, to, Some((FORM_MEDIA_TYPE.to_owned(), body.into_bytes()))).await
    }

    /// The same, with a header by which a browser says that another site sends this.
    pub async fn post_with_header(&self, to: Url, fields: &[(String, String)], elsewhere: (&str, &str)) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = FORM_MEDIA_TYPE.to_owned();
        self.send_with_header(Method::POST, to, Some((kind, body.into_bytes())), Some(elsewhere)).await
    }

    /// Sends the upload form of a page, with its hidden fields first as the page has them, and one file.
    pub async fn upload_file(&self, page: &Page, action: &str, (name, file): (&str, &[u8])) -> Page {
        let (to, fields) = page.find_form(action);
        let mut answer = self.post_parts(to, &fields, (name, file)).await;
        while let Some(next) = answer.redirect_target() {
            answer = self.send(Method::GET, next, None).await;
        }
        answer
    }

    /// Posts fields and a file as parts (RFC 7578), once, without following.
    pub async fn post_parts(&self, to: Url, fields: &[(String, String)], (name, file): (&str, &[u8])) -> Page {
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
        self.send(Method::POST, to, Some((format!("multipart/form-data; boundary={BOUNDARY}"), body))).await
    }

    async fn send(&self, method: Method, url: Url, form: Option<(String, Vec<u8>)>) -> Page {
        self.send_with_header(method, url, form, None).await
    }

    async fn send_with_header(
        &self,
        method: Method,
        url: Url,
        form: Option<(String, Vec<u8>)>,
        further: Option<(&str, &str)>,
    ) -> Page {
        let site = url.origin().ascii_serialization();
        let mut request = self.world.http().request(method, url.clone()).header(USER_AGENT, self.user_agent);
        let carried: Vec<String> = {
            let cookies = self.cookies.lock().expect("nobody panicked");
            cookies.get(&site).into_iter().flatten().map(|(name, value)| format!("{name}={value}")).collect()
        };
        if !carried.is_empty() {
            request = request.header(COOKIE, carried.join("; "));
        }
        match (form, further) {
            (Some((kind, body)), further) => {
                request = request.header(CONTENT_TYPE, kind).body(body);
                let (name, value) = further.unwrap_or(("origin", &site));
                request = request.header(name, value);
            }
            (None, Some((name, value))) => request = request.header(name, value),
            (None, None) => {}
        }
        let answer = request.send().await.expect("an answer");
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let text = cookie.to_str().expect("a cookie is text");
            assert!(text.contains("; HttpOnly; SameSite=Lax"), "{text}");
            // The addresses of this machine go without: Safari keeps no `Secure` cookie from there.
            assert_eq!(text.contains("; Secure;"), site.starts_with("https:"), "{text}");
            let pair = text.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie has a name");
            let mut cookies = self.cookies.lock().expect("nobody panicked");
            let cookies = cookies.entry(site.clone()).or_default();
            if text.contains("; Max-Age=0") {
                cookies.remove(pair.0);
            } else {
                cookies.insert(pair.0.to_owned(), pair.1.to_owned());
            }
        }
        let status = answer.status();
        let url = match answer.headers().get(LOCATION) {
            Some(next) => url.join(next.to_str().expect("an address is text")).expect("an address"),
            None => url,
        };
        let headers = answer.headers().clone();
        let bytes = answer.bytes().await.expect("a body").to_vec();
        Page { status, url, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }
}

impl Page {
    /// Where a redirect leads within the site. A service of tests has no site; what it would be told stands in the address.
    fn redirect_target(&self) -> Option<Url> {
        (self.status.is_redirection() && self.url.port() != Some(1)).then(|| self.url.clone())
    }

    /// Action and hidden fields of the form that posts to an address containing `action`.
    pub fn find_form(&self, action: &str) -> (Url, Vec<(String, String)>) {
        let form = self
            .body
            .split("<form ")
            .skip(1)
            .map(|form| form.split("</form>").next().unwrap_or_default())
            .find(|form| find_attribute(form, "action").is_some_and(|found| found.contains(action)));
        let form = form.unwrap_or_else(|| panic!("no form posts to '{action}' on {}:\n{}", self.url, self.body));
        let to = find_attribute(form, "action").expect("it was found by it");
        let hidden =
            form.split("<input ").skip(1).filter(|input| find_attribute(input, "type").as_deref() == Some("hidden"));
        let fields = hidden.filter_map(|input| Some((find_attribute(input, "name")?, find_attribute(input, "value")?)));
        (self.url.join(&to).expect("an action is an address"), fields.collect())
    }

    /// The address of the first link whose address contains `part`.
    pub fn find_link(&self, part: &str) -> String {
        let found = self.find_links(part).into_iter().next();
        found.unwrap_or_else(|| panic!("no link to '{part}' on {}:\n{}", self.url, self.body))
    }

    /// The addresses of all such links.
    pub fn find_links(&self, part: &str) -> Vec<String> {
        let links = self.body.split("<a ").skip(1).filter_map(|link| find_attribute(link, "href"));
        let found = links.filter(|address| address.contains(part));
        found.map(|address| self.url.join(&address).expect("a link is an address").to_string()).collect()
    }

    /// The page, which must say this.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "it asserts, and hands the page on to whoever wants it")]
    pub fn assert_contains(self, text: &str) -> Self {
        assert!(self.body.contains(text), "'{text}' does not stand on {} ({}):\n{}", self.url, self.status, self.body);
        self
    }

    /// A parameter of the address that the page was found at, or leads to.
    pub fn query_parameter(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// The value of an attribute in the tag that the text begins with.
fn find_attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let start = tag.find(&format!("{name}=\""))? + name.len() + 2;
    let value = tag[start..].split('"').next()?;
    Some(value.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\""))
}
