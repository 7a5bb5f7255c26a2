//! The addresses of the demo.

use serde::Serialize;
use web::Origin;

/// The addresses of the demo, as `--json` prints them.
#[derive(Debug, Clone, Serialize)]
pub struct DemoAddresses {
    /// The demo's own pages.
    pub home: Origin,
    /// オンライン診療
    pub consult: Origin,
    /// マイナ在宅受付Web
    pub reception: Origin,
    /// マイナポータルアプリ
    pub portal: Origin,
    /// 資格確認端末
    pub terminal: Origin,
    /// 認証局
    pub authority: Origin,
    /// The institutions' interface, over mutual TLS.
    pub interface: Origin,
}

impl DemoAddresses {
    pub(super) fn for_ports(port: u16, interface_port: u16) -> Self {
        let parse_origin = |text: String| -> Origin {
            // A host name of this machine and a port are an origin.
            text.parse().expect("the demo's own addresses are origins")
        };
        let site_origin = |name: &str| parse_origin(format!("http://{name}localhost:{port}"));
        Self {
            home: site_origin(""),
            consult: site_origin("consult."),
            reception: site_origin("reception."),
            portal: site_origin("portal."),
            terminal: site_origin("terminal."),
            authority: site_origin("authority."),
            interface: parse_origin(format!("https://127.0.0.1:{interface_port}")),
        }
    }
}
