//! Icons in the size of the text beside them. They have no meaning of their own: each is accompanied by a text.

use maud::{Markup, PreEscaped, html};

/// Lines on a field of 24 by 24.
fn lines(paths: &'static str) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" fill="none" stroke="currentColor"
            stroke-width="2" stroke-linecap="round" stroke-linejoin="round" { (PreEscaped(paths)) }
    }
}

macro_rules! icons {
    ($($(#[$about:meta])* $name:ident = $paths:literal;)*) => {
        $($(#[$about])* pub fn $name() -> Markup { lines($paths) })*

        /// Every icon with its name.
        pub fn all() -> Vec<(&'static str, Markup)> { vec![$((stringify!($name), $name())),*] }
    };
}

icons! {
    /// Done.
    check = r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#;
    /// Attention.
    warning = r#"<path d="M12 4 2.8 20h18.4z"/><path d="M12 10v4.5M12 17.4v.1"/>"#;
    /// Error.
    error = r#"<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8z"/><path d="M12 7.5v5.5M12 16.4v.1"/>"#;
    /// Information.
    info = r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.1"/>"#;
    /// Help.
    question = r#"<circle cx="12" cy="12" r="9"/><path d="M9.4 9.6a2.7 2.7 0 1 1 4 2.3c-.9.5-1.4 1-1.4 2M12 17v.1"/>"#;
    /// A date.
    calendar = r#"<rect x="3.5" y="5" width="17" height="15.5" rx="2.5"/><path d="M3.5 10h17M8 2.8V7M16 2.8V7"/>"#;
    /// A time.
    clock = r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.4 2"/>"#;
    /// A card.
    card = r#"<rect x="2.5" y="5" width="19" height="14" rx="2.5"/><circle cx="8" cy="11" r="1.8"/><path d="M5.4 15.6c.7-1.3 4.5-1.3 5.2 0M14 10h4.5M14 14h4.5"/>"#;
    /// A phone.
    phone = r#"<rect x="6.5" y="2.5" width="11" height="19" rx="2.5"/><path d="M10.8 18.3h2.4"/>"#;
    /// Take a picture.
    camera = r#"<path d="M4.5 7.5h3L9.2 5h5.6l1.7 2.5h3a2 2 0 0 1 2 2V17a2 2 0 0 1-2 2h-15a2 2 0 0 1-2-2V9.5a2 2 0 0 1 2-2z"/><circle cx="12" cy="13" r="3.4"/>"#;
    /// Search.
    search = r#"<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>"#;
    /// A clinic or hospital.
    hospital = r#"<path d="M4.5 21V6.5a2 2 0 0 1 2-2h11a2 2 0 0 1 2 2V21M2.5 21h19M12 8v6M9 11h6M10 21v-3.5h4V21"/>"#;
    /// A person.
    person = r#"<circle cx="12" cy="8" r="4"/><path d="M4 20.5c1-4.5 4-6 8-6s7 1.5 8 6"/>"#;
    /// Locked.
    lock = r#"<rect x="4.5" y="10.5" width="15" height="10" rx="2.5"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3M12 14.5v2"/>"#;
    /// A link to another site.
    external = r#"<path d="M13.5 4.5h6v6M19 5l-8.5 8.5M18 14v4.5a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 4 18.5v-11A1.5 1.5 0 0 1 5.5 6H10"/>"#;
    /// A link back.
    back = r#"<path d="M19 12H5.5M11 6l-6 6 6 6"/>"#;
    /// Copy.
    copy = r#"<rect x="8.5" y="8.5" width="12" height="12" rx="2.5"/><path d="M15.5 8.5v-3a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h3"/>"#;
    /// A menu.
    menu = r#"<path d="M4 6.5h16M4 12h16M4 17.5h16"/>"#;
    /// Mail.
    mail = r#"<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="m4 7.5 8 6 8-6"/>"#;
    /// A price.
    yen = r#"<circle cx="12" cy="12" r="9"/><path d="m8.5 7.5 3.5 5 3.5-5M12 12.5V17M9 12.8h6M9 15h6"/>"#;
    /// Print.
    printer = r#"<path d="M7 8.5v-5h10v5M7 17H5a2 2 0 0 1-2-2v-4.5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2V15a2 2 0 0 1-2 2h-2"/><path d="M7 14h10v6.5H7z"/>"#;
    /// A picture.
    picture = r#"<rect x="3" y="4.5" width="18" height="15" rx="2.5"/><circle cx="8.5" cy="9.5" r="1.6"/><path d="m4 17 5-4.5 3.5 3L16 11.5l4.5 5"/>"#;
    /// The bell on a counter: the service's logo.
    bell = r#"<path d="M4 16.5a8 8 0 0 1 16 0z"/><path d="M3 20h18M12 8.5V5.5M10 5h4"/>"#;
}
