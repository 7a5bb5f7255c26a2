use std::borrow::Cow;

use http::{
    HeaderMap, StatusCode,
    header::{CONTENT_TYPE, LOCATION},
};
use url::Url;

/// A response to a browser.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: StatusCode,
    /// The address of the page, by which its links and forms are resolved.
    pub url: Url,
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
    /// The body in bytes.
    pub bytes: Vec<u8>,
}

impl Page {
    /// A response that was received from `url`.
    ///
    /// # Panics
    ///
    /// If HTML or JSON is not UTF-8.
    pub fn new(url: Url, status: StatusCode, headers: HeaderMap, bytes: Vec<u8>) -> Self {
        let media_type = headers.get(CONTENT_TYPE).map_or("", |value| value.to_str().expect("a media type is text"));
        let is_text = ["text/html", "application/json"].iter().any(|text| media_type.starts_with(text));
        let body = String::from_utf8_lossy(&bytes);
        assert!(!is_text || matches!(body, Cow::Borrowed(_)), "{url} is not UTF-8: {body}");
        Self { status, url, headers, body: body.into_owned(), bytes }
    }

    /// The value of a header.
    ///
    /// # Panics
    ///
    /// If the response does not have it.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).unwrap_or_else(|| panic!("no {name} from {} ({})", self.url, self.status));
        value.to_str().expect("a header is text")
    }

    /// Where a response leads, if it has a `Location`.
    pub fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION).map(|value| value.to_str().expect("an address is text"))
    }

    /// Where a redirect leads.
    ///
    /// # Panics
    ///
    /// If the response is not a redirect.
    #[track_caller]
    pub fn redirect_target(&self) -> &str {
        let target = self.location().filter(|_| self.status.is_redirection());
        target.unwrap_or_else(|| panic!("no redirect but {} from {}:\n{}", self.status, self.url, self.body))
    }

    /// The page itself; panics unless its body contains `text`.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "an assertion; the page is returned for chaining")]
    pub fn assert_contains(self, text: &str) -> Self {
        assert!(self.body.contains(text), "'{text}' is not on {} ({}):\n{}", self.url, self.status, self.body);
        self
    }

    /// The value of the first input or button with this name.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        self.find_field(name).unwrap_or_else(|| panic!("no field {name} on {}:\n{}", self.url, self.body))
    }

    /// The value of the first input or button with this name, if there is one.
    pub fn find_field(&self, name: &str) -> Option<String> {
        self.list_fields(name).into_iter().next()
    }

    /// The values of all inputs and buttons with this name, in the order of the page, with repetitions.
    pub fn list_fields(&self, name: &str) -> Vec<String> {
        let tags = self.body.split('<').filter(|tag| tag.starts_with("input ") || tag.starts_with("button "));
        let tags = tags.filter(|tag| find_attribute(tag, "name").as_deref() == Some(name));
        tags.filter_map(|tag| find_attribute(tag, "value")).collect()
    }

    /// Address and hidden fields of the form that posts to the address `action`, or else of the first that posts to an address
    /// containing it.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn find_form(&self, action: &str) -> (Url, Vec<(String, String)>) {
        let forms = self.body.split("<form ").skip(1).filter_map(|form| form.split("</form>").next());
        let forms = forms.filter_map(|form| Some((find_attribute(form, "action")?, form)));
        let forms: Vec<_> = forms.filter(|(address, _)| address.contains(action)).collect();
        let form = forms.iter().find(|(address, _)| address == action).or(forms.first());
        let (address, form) =
            form.unwrap_or_else(|| panic!("no form posts to '{action}' on {}:\n{}", self.url, self.body));
        let inputs = form.split("<input ").skip(1);
        let hidden_inputs = inputs.filter(|input| find_attribute(input, "type").as_deref() == Some("hidden"));
        let fields =
            hidden_inputs.filter_map(|input| Some((find_attribute(input, "name")?, find_attribute(input, "value")?)));
        (self.url.join(address).expect("an action is an address"), fields.collect())
    }

    /// Address and fields of that form, with `fields` added. A hidden field of the same name is left out.
    #[track_caller]
    pub fn fill_form(&self, action: &str, fields: &[(&str, &str)]) -> (Url, Vec<(String, String)>) {
        let (url, mut all_fields) = self.find_form(action);
        all_fields.retain(|(name, _)| !fields.iter().any(|(field, _)| field == name));
        all_fields.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        (url, all_fields)
    }

    /// The first link that begins with `prefix`, as the page has it.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn link(&self, prefix: &str) -> String {
        let link = self.links().find(|address| address.starts_with(prefix));
        link.unwrap_or_else(|| panic!("no link to '{prefix}' on {}:\n{}", self.url, self.body))
    }

    /// The whole address of the first link whose address contains `part`.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn find_link(&self, part: &str) -> String {
        let link = self.find_links(part).into_iter().next();
        link.unwrap_or_else(|| panic!("no link to '{part}' on {}:\n{}", self.url, self.body))
    }

    /// The whole addresses of all links whose address contains `part`.
    pub fn find_links(&self, part: &str) -> Vec<String> {
        let matching = self.links().filter(|address| address.contains(part));
        matching.map(|address| self.url.join(&address).expect("a link is an address").to_string()).collect()
    }

    /// The addresses of all links, as the page has them.
    fn links(&self) -> impl Iterator<Item = String> {
        self.body.split("<a ").skip(1).filter_map(|link| find_attribute(link, "href"))
    }

    /// A parameter of `url`.
    pub fn query_parameter(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// The value of an attribute in the tag at the start of the text. In pages, `<`, `>`, `&` and `"` of a value are escaped.
fn find_attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let mark = format!("{name}=\"");
    let is_whole_name = |index: usize| index == 0 || tag[..index].ends_with(' ');
    let (index, _) = tag.match_indices(&mark).find(|(index, _)| is_whole_name(*index))?;
    let value = tag[index + mark.len()..].split('"').next()?;
    Some(value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> Page {
        let url = "http://service.localhost/list/1".parse().unwrap();
        Page::new(url, StatusCode::OK, HeaderMap::new(), body.as_bytes().to_vec())
    }

    #[test]
    fn a_form_is_found_by_its_address_with_its_hidden_fields() {
        let page = page(
            r#"<form method="post" action="/a/again"><input type="hidden" name="csrf" value="x"></form>
            <form method="post" action="/a" novalidate><input type="hidden" name="csrf" value="y">
            <input type="hidden" name="seen" value="&quot;&amp;lt;"><input type="radio" name="all" value="agree"></form>
            <form method="post" action="b"></form>"#,
        );
        let check = |action, address: &str, fields: &[(&str, &str)]| {
            let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let url = format!("http://service.localhost{address}").parse().unwrap();
            assert_eq!(page.find_form(action), (url, fields.collect()));
        };
        check("/a", "/a", &[("csrf", "y"), ("seen", "\"&lt;")]);
        check("again", "/a/again", &[("csrf", "x")]);
        check("b", "/list/b", &[]);
        let (_, fields) = page.fill_form("/a", &[("seen", "1"), ("all", "agree")]);
        assert_eq!(fields, [("csrf", "y"), ("seen", "1"), ("all", "agree")].map(|(n, v)| (n.to_owned(), v.to_owned())));
    }

    #[test]
    fn fields_and_links_are_found_in_the_order_of_the_page() {
        let page = page(
            r#"<button name="act" value="first" data-value="x"></button><input data-name="act" value="none">
            <input class="act" name="act" id="i" value="second"><a class="link" href="/x?a=1&amp;b=2">x</a><a href="y">y</a>"#,
        );
        assert_eq!(page.list_fields("act"), ["first", "second"]);
        assert_eq!((page.field("act").as_str(), page.find_field("none")), ("first", None));
        assert_eq!(page.link("/x?"), "/x?a=1&b=2");
        assert_eq!(page.find_links(""), ["http://service.localhost/x?a=1&b=2", "http://service.localhost/list/y"]);
    }
}
