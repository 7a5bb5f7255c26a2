use authority::Authority;
use consult::Consult;
use eligibility::Eligibility;
use portal::Portal;
use reception::Reception;
use terminal::Terminal;
use world::WorldServices;

/// The services of one program.
#[derive(Clone)]
pub struct Services {
    /// オンライン診療
    pub consult: Consult,
    /// マイナ在宅受付Web
    pub reception: Reception,
    /// オンライン資格確認等システム
    pub eligibility: Eligibility,
    /// マイナポータルアプリ
    pub portal: Portal,
    /// 資格確認端末
    pub terminal: Terminal,
    /// 認証局
    pub authority: Authority,
}

impl Services {
    /// Those to which the world is added.
    pub fn for_world(&self) -> WorldServices<'_> {
        let Self { consult, eligibility, portal, terminal, authority, .. } = self;
        WorldServices { authority, consult, eligibility, portal, terminal }
    }
}
