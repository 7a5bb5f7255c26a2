//! The exchange folders, cut off before every single move on the disk.

use std::{
    cell::Cell,
    collections::{BTreeMap, HashSet},
    fs, io,
    path::Path,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use base::Randomness;
use oqs::{Extension, FileName};
use tempfile::TempDir;

use super::{
    Exchange, ExchangeFolder, WrongFolder,
    disk::{Disk, Real, Seen, make_folder},
    folders::{Answered, AskContent, ErrFiles, Folders, Kept, Places, Timing, unknown_answer},
};
use crate::pages::made_up;

const AT_ONCE: Timing = Timing { request_stays: Duration::ZERO, settle: Duration::ZERO };

/// A disk that is cut off before one of its moves, as a process is that is killed there: nothing comes after.
#[derive(Clone)]
struct Cut {
    left: Rc<Cell<u64>>,
}

impl Cut {
    fn after(moves: u64) -> Self {
        Self { left: Rc::new(Cell::new(moves)) }
    }

    fn step(&self) -> io::Result<()> {
        match self.left.get().checked_sub(1) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(io::Error::other("cut")),
        }
    }
}

impl Disk for Cut {
    fn files(&self, folder: &Path) -> io::Result<Vec<String>> {
        Real.files(folder)
    }

    fn look(&self, file: &Path) -> io::Result<Option<Seen>> {
        Real.look(file)
    }

    fn read(&self, file: &Path, most: usize) -> io::Result<Vec<u8>> {
        Real.read(file, most)
    }

    fn read_end(&self, file: &Path, most: u16) -> io::Result<Vec<u8>> {
        Real.read_end(file, most)
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        // A write is many moves: it may end half way, with the name there.
        self.step()?;
        fs::write(file, &bytes[..bytes.len() / 2])?;
        self.step()?;
        fs::write(file, bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        Real.rename(from, to)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        self.step()?;
        Real.remove(file)
    }

    fn sync(&self, _: &Path) -> io::Result<()> {
        self.step()
    }
}

struct World {
    folder: TempDir,
    places: Places,
    /// How often each ask was answered, as the receipt computer counts.
    answers: BTreeMap<String, u32>,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::below(folder.path());
        for folder in places.all() {
            make_folder(folder).unwrap();
        }
        Self { folder, places, answers: BTreeMap::new() }
    }

    fn folders<D: Disk>(&self, disk: D) -> Folders<D> {
        Folders::new(self.places.clone(), disk, AT_ONCE, ErrFiles::None)
    }

    fn ask(&self, name: &str) {
        let draft = self.folder.path().join("draft");
        fs::write(&draft, format!("<XmlMsg>{name}</XmlMsg>\r\n")).unwrap();
        fs::rename(draft, self.places.req.join(name)).unwrap();
    }

    /// The receipt computer takes what is in `res`, and each answer is whole.
    fn receive(&mut self) {
        for name in Real.files(&self.places.res).unwrap() {
            let content = fs::read_to_string(self.places.res.join(&name)).unwrap();
            assert_eq!(content, format!("whole answer to {}", name.replace("res_", "req_").replace(".zip", ".xml")));
            fs::remove_file(self.places.res.join(&name)).unwrap();
            *self.answers.entry(name).or_default() += 1;
        }
    }

    fn rest(&self) -> Vec<String> {
        let Places { req, asked, ready, faulty, .. } = &self.places;
        [req, asked, ready, faulty].into_iter().flat_map(|folder| Real.files(folder).unwrap()).collect()
    }
}

/// What a system would say to this name: some are large, some at fault.
fn answered(name: &FileName) -> Answered {
    let text = name.to_string();
    Answered {
        bytes: format!("whole answer to {text}").into_bytes(),
        extension: if text.contains("large") { Extension::Zip } else { Extension::Xml },
        ask: if text.contains("faulty") { Kept::Aside } else { Kept::No },
    }
}

/// One process from its start on, until it is cut or has nothing left to do.
fn run<D: Disk>(folders: &mut Folders<D>) -> io::Result<()> {
    folders.clear_drafts()?;
    loop {
        folders.take()?;
        let open = folders.go_on(&HashSet::new())?;
        for name in &open.unknown {
            folders.read_unknown(name)?;
            folders.carry_unknown(name, format!("whole answer to {name}").as_bytes())?;
        }
        let Some(name) = open.asks.first() else { return Ok(()) };
        folders.read(name)?;
        folders.carry(name, &answered(name))?;
    }
}

const ASKS: [&str; 6] = [
    "OQSsionq01req_plain.xml",
    "OQSmuonq02req_large.xml",
    "YZKsiquc01req_faulty.xml",
    "OQSmuonq02req_large-faulty.xml",
    // Of no known kind: by its prefix, and by a blank in its name.
    "PMHsiquc01req_unknown.xml",
    "OQSsionq01req_a blank.xml",
];

#[test]
fn cut_before_every_move_each_ask_is_answered_once() {
    let mut cuts = 0;
    for cut in 0.. {
        let mut world = World::new();
        for ask in ASKS {
            world.ask(ask);
        }
        let ended = run(&mut world.folders(Cut::after(cut)));
        // The receipt computer has taken what was there before the next process begins.
        world.receive();
        run(&mut world.folders(Real)).unwrap();
        world.receive();
        assert_eq!(world.answers.len(), ASKS.len(), "cut {cut}: {:?}", world.answers);
        assert!(world.answers.values().all(|count| *count == 1), "cut {cut}: {:?}", world.answers);
        assert_eq!(world.rest(), Vec::<String>::new(), "cut {cut}");
        assert_eq!(Real.files(&world.places.err).unwrap(), [ASKS[3], ASKS[5], ASKS[4], ASKS[2]], "cut {cut}");
        if ended.is_ok() {
            break;
        }
        cuts += 1;
    }
    assert!(cuts > 30, "{cuts}");
}

#[test]
fn cut_a_thousand_times_with_new_asks_in_between_nothing_is_lost_or_answered_twice() {
    let randomness = Randomness::repeatable("cut a thousand times");
    let mut world = World::new();
    let (mut asked, mut cuts) = (0_u32, 0);
    while cuts < 1_000 {
        for _ in 0..randomness.below(4) {
            let kind = ASKS[usize::try_from(randomness.below(6)).unwrap()];
            world.ask(&kind.replace(".xml", &format!("-{asked}.xml")));
            asked += 1;
        }
        if run(&mut world.folders(Cut::after(randomness.below(40)))).is_err() {
            cuts += 1;
        }
        // Sometimes the receipt computer is away.
        if randomness.below(3) > 0 {
            world.receive();
        }
    }
    run(&mut world.folders(Real)).unwrap();
    world.receive();
    assert_eq!(world.answers.len(), asked as usize);
    assert!(world.answers.values().all(|count| *count == 1));
    assert_eq!(world.rest(), Vec::<String>::new());
}

#[test]
fn a_request_of_no_known_kind_has_a_name_to_be_answered_under() {
    let check = |name: &str, expected: Option<&str>| assert_eq!(unknown_answer(name).as_deref(), expected, "{name}");
    check("OQSmuimm01req_1.xml", Some("OQSmuimm01res_1.xml"));
    check("PMHsiquc01req_1.xml", Some("PMHsiquc01res_1.xml"));
    check("OQSsiquc01req_1.XML", Some("OQSsiquc01res_1.XML"));
    check("OQSsiquc01REQ_1.XML", Some("OQSsiquc01RES_1.XML"));
    check("OQSsiquc01Req_req_1.xml", Some("OQSsiquc01Res_req_1.xml"));
    check("oqssiquc01req_1.xml", Some("oqssiquc01res_1.xml"));
    check("OQSsiquc01req_a blank.xml", Some("OQSsiquc01res_a blank.xml"));
    check("OQSsiquc01req_患者１.xml", Some("OQSsiquc01res_患者１.xml"));
    check("OQSsiquc01req_.xml", None);
    check("OQSsiquc01req_ .xml", None);
    check("OQSsiquc01req_1.pdf", None);
    check("letter.xml", None);
    check("req_1.xml", None);
    check("a-b req_1.xml", None);
    check("OQSsiquc01req_a\nb.xml", None);
    check(&format!("OQSsiquc01req_{}.xml", "1".repeat(160)), None);
}

#[tokio::test]
async fn requests_of_no_known_kind_are_answered_and_counted() {
    let root = tempfile::tempdir().unwrap();
    let settings = ExchangeFolder { settle: Duration::ZERO, ..ExchangeFolder::with_defaults(root.path().to_owned()) };
    let exchange = Exchange::open(&settings, "見本クリニック").unwrap();
    let names = ["OQSsionq01REQ_1.XML", "OQSsionq01req_1.XML", "PMHsiquc01req_1.xml", "OQSsionq01req_a blank.xml"];
    for name in names.iter().chain(&["letter.xml"]) {
        fs::write(exchange.places.req.join(name), "<XmlMsg></XmlMsg>").unwrap();
    }
    let known = (made_up::institution(), made_up::now());
    assert_eq!(exchange.next(&Arc::default(), 1, known).await, []);
    assert_eq!(exchange.status().unknown, 4, "the administrator sees it");
    let answers = Real.files(&exchange.places.res).unwrap();
    assert_eq!(
        answers,
        ["OQSsionq01RES_1.XML", "OQSsionq01res_1.XML", "OQSsionq01res_a blank.xml", "PMHsiquc01res_1.xml"]
    );
    for answer in answers {
        let text = fs::read_to_string(exchange.places.res.join(&answer)).unwrap();
        assert!(text.contains("<SegmentOfResult>9<") && text.contains("<ErrorCode>T301<"), "{answer}: {text}");
    }
    assert_eq!(exchange.next(&Arc::default(), 1, known).await, []);
    assert_eq!(exchange.status().unknown, 4, "once each");
}

#[tokio::test]
async fn folders_that_cannot_be_written_are_found_out() {
    let root = tempfile::tempdir().unwrap();
    let exchange = Exchange::open(&ExchangeFolder::with_defaults(root.path().to_owned()), "見本クリニック").unwrap();
    exchange.check().await.unwrap();
    assert_eq!(Real.files(&exchange.places.own).unwrap(), ["lock"], "nothing is left of the check");
    for folder in [&exchange.places.res, &exchange.places.req, &exchange.places.err] {
        fs::remove_dir(folder).unwrap();
        let named = |wrong: WrongFolder| matches!(wrong, WrongFolder::Unusable(path, _) if path == *folder);
        assert!(exchange.check().await.is_err_and(named), "{}", folder.display());
        fs::write(folder, "no folder").unwrap();
        assert!(exchange.check().await.is_err_and(named), "{}", folder.display());
        fs::remove_file(folder).unwrap();
        make_folder(folder).unwrap();
        exchange.check().await.unwrap();
    }
    // A disk that takes no file.
    fs::create_dir(exchange.places.own.join("write-test.part")).unwrap();
    assert!(exchange.check().await.is_err());
}

#[test]
fn a_request_may_stay_for_its_program_to_read_it_back() {
    let world = World::new();
    let timing = Timing { request_stays: Duration::from_hours(1), settle: Duration::ZERO };
    let mut folders = Folders::new(world.places.clone(), Real, timing, ErrFiles::None);
    world.ask(ASKS[0]);
    folders.take().unwrap();
    folders.take().unwrap();
    assert_eq!(Real.files(&world.places.req).unwrap(), [ASKS[0]]);
}

#[test]
fn an_error_lies_beside_its_request_where_the_site_wants_it_so() {
    let world = World::new();
    let mut folders = Folders::new(world.places.clone(), Real, AT_ONCE, ErrFiles::BesideAnswer);
    for ask in [ASKS[0], ASKS[2], ASKS[4]] {
        world.ask(ask);
    }
    run(&mut folders).unwrap();
    let res = Real.files(&world.places.res).unwrap();
    assert_eq!(
        res,
        [
            "OQSsionq01res_plain.xml",
            "PMHsiquc01req_unknown.err",
            "PMHsiquc01req_unknown.xml",
            "PMHsiquc01res_unknown.xml",
            "YZKsiquc01req_faulty.err",
            "YZKsiquc01req_faulty.xml",
            "YZKsiquc01res_faulty.xml",
        ]
    );
    let read = |name: &str| fs::read_to_string(world.places.res.join(name)).unwrap();
    assert_eq!(read("YZKsiquc01req_faulty.err"), read("YZKsiquc01res_faulty.xml"));
    assert_eq!(read("YZKsiquc01req_faulty.xml"), "<XmlMsg>YZKsiquc01req_faulty.xml</XmlMsg>\r\n");
}

#[test]
fn a_file_that_is_being_written_is_not_taken() {
    let world = World::new();
    let hour = Duration::from_hours(1);
    let timing = Timing { request_stays: Duration::ZERO, settle: hour };
    let mut folders = Folders::new(world.places.clone(), Real, timing, ErrFiles::None);
    let file = world.places.req.join(ASKS[0]);
    for (content, taken) in [("", false), ("<XmlMsg><a", false), ("<XmlMsg><a/></XmlMsg", false), ("<XmlMsg/>", false)]
    {
        fs::write(&file, content).unwrap();
        folders.take().unwrap();
        assert_eq!(!file.exists(), taken, "{content}");
    }
    for name in ["OQSsionq01req_1.xml.tmp", "OQSsionq01req_2.part", ".OQSsionq01req_3.xml", "~1"] {
        fs::write(world.places.req.join(name), "<XmlMsg></XmlMsg>").unwrap();
    }
    fs::write(&file, "<XmlMsg></XmlMsg>").unwrap();
    folders.take().unwrap();
    assert!(!file.exists());
    assert_eq!(Real.files(&world.places.req).unwrap().len(), 4);
}

#[test]
fn what_stays_broken_is_taken_once_it_stays() {
    let world = World::new();
    fs::write(world.places.req.join(ASKS[0]), "<XmlMsg><half").unwrap();
    world.folders(Real).take().unwrap();
    assert_eq!(Real.files(&world.places.asked).unwrap(), [ASKS[0]]);
}

#[test]
fn what_is_no_ask_is_put_aside_and_keeps_its_namesakes() {
    let world = World::new();
    for _ in 0..2 {
        for name in ["letter.xml", "OQSsionq01res_1.xml"] {
            fs::write(world.places.req.join(name), "<XmlMsg></XmlMsg>").unwrap();
        }
        world.folders(Real).take().unwrap();
    }
    let aside = Real.files(&world.places.err).unwrap();
    assert_eq!(aside, ["OQSsionq01res_1.xml", "OQSsionq01res_1.xml.2", "letter.xml", "letter.xml.2"]);
}

#[test]
fn a_link_is_not_followed_out_of_the_folders() {
    let world = World::new();
    let secret = world.folder.path().join("secret");
    fs::write(&secret, "<XmlMsg>of somebody else</XmlMsg>").unwrap();
    std::os::unix::fs::symlink(&secret, world.places.req.join(ASKS[0])).unwrap();
    let mut folders = world.folders(Real);
    folders.take().unwrap();
    assert_eq!(folders.go_on(&HashSet::new()).unwrap().asks, []);
    // Nor where it comes to lie in our own folder.
    std::os::unix::fs::symlink(&secret, world.places.asked.join(ASKS[0])).unwrap();
    let name: FileName = ASKS[0].parse().unwrap();
    assert_eq!(folders.read(&name).unwrap().content, AskContent::TooLong(Vec::new()));
}

#[test]
fn an_answer_waits_for_its_namesake_to_be_taken_and_so_does_the_next_ask() {
    let mut world = World::new();
    fs::write(world.places.res.join("OQSsionq01res_plain.xml"), "of yesterday").unwrap();
    world.ask(ASKS[0]);
    let mut folders = world.folders(Real);
    run(&mut folders).unwrap();
    world.ask(ASKS[0]);
    run(&mut folders).unwrap();
    assert_eq!(folders.blocked(), ["OQSsionq01res_plain.xml"], "the administrator sees it");
    assert_eq!(fs::read_to_string(world.places.res.join("OQSsionq01res_plain.xml")).unwrap(), "of yesterday");
    assert_eq!(Real.files(&world.places.req).unwrap(), [ASKS[0]]);
    fs::remove_file(world.places.res.join("OQSsionq01res_plain.xml")).unwrap();
    for count in 1..=2 {
        run(&mut world.folders(Real)).unwrap();
        world.receive();
        run(&mut world.folders(Real)).unwrap();
        world.receive();
        assert!(world.answers["OQSsionq01res_plain.xml"] >= count);
    }
    assert_eq!(world.answers["OQSsionq01res_plain.xml"], 2);
}

#[test]
fn no_more_is_read_of_an_ask_than_a_message_can_have() {
    let world = World::new();
    let name: FileName = ASKS[0].parse().unwrap();
    let most = name.interface().most_bytes();
    let long = format!("{}</XmlMsg>", " ".repeat(most));
    fs::write(world.places.req.join(ASKS[0]), long).unwrap();
    let mut folders = world.folders(Real);
    folders.take().unwrap();
    assert_eq!(folders.read(&name).unwrap().content, AskContent::TooLong(vec![b' '; most]));
}
