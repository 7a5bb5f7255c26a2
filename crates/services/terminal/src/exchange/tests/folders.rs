//! The exchange folders, with a process that is killed before every single operation on the disk.

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

use crate::{
    exchange::{
        Exchange, ExchangeFolder, WrongFolder,
        disk::{Disk, FileStamp, RealDisk, make_folder},
        folders::{
            ErrFiles, ExchangePaths, Folders, RequestContent, RequestDisposition, ResponseFile, Timing,
            unknown_response_name,
        },
    },
    samples::fixtures,
};

const NO_DELAY: Timing = Timing { request_stays: Duration::ZERO, settle_time: Duration::ZERO };

/// A disk that fails from one of its operations on, as if the process were killed there.
#[derive(Clone)]
struct FailingDisk {
    remaining_moves: Rc<Cell<u64>>,
}

impl FailingDisk {
    fn failing_after(moves: u64) -> Self {
        Self { remaining_moves: Rc::new(Cell::new(moves)) }
    }

    fn count_move(&self) -> io::Result<()> {
        match self.remaining_moves.get().checked_sub(1) {
            Some(remaining) => {
                self.remaining_moves.set(remaining);
                Ok(())
            }
            None => Err(io::Error::other("cut")),
        }
    }
}

impl Disk for FailingDisk {
    fn list_files(&self, folder: &Path) -> io::Result<Vec<String>> {
        RealDisk.list_files(folder)
    }

    fn stat(&self, file: &Path) -> io::Result<Option<FileStamp>> {
        RealDisk.stat(file)
    }

    fn read(&self, file: &Path, max_bytes: usize) -> io::Result<Vec<u8>> {
        RealDisk.read(file, max_bytes)
    }

    fn read_end(&self, file: &Path, max_bytes: u16) -> io::Result<Vec<u8>> {
        RealDisk.read_end(file, max_bytes)
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        // A write is not atomic: it may leave half a file.
        self.count_move()?;
        fs::write(file, &bytes[..bytes.len() / 2])?;
        self.count_move()?;
        fs::write(file, bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.count_move()?;
        RealDisk.rename(from, to)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        self.count_move()?;
        RealDisk.remove(file)
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        self.count_move()
    }
}

struct TestExchange {
    folder: TempDir,
    paths: ExchangePaths,
    /// How often each request was answered, as the receipt computer counts.
    response_counts: BTreeMap<String, u32>,
}

impl TestExchange {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let paths = ExchangePaths::under_root(folder.path());
        for folder in paths.all() {
            make_folder(folder).unwrap();
        }
        Self { folder, paths, response_counts: BTreeMap::new() }
    }

    fn folders<D: Disk>(&self, disk: D) -> Folders<D> {
        Folders::new(self.paths.clone(), disk, NO_DELAY, ErrFiles::None)
    }

    fn write_request(&self, name: &str) {
        let draft = self.folder.path().join("draft");
        fs::write(&draft, format!("<XmlMsg>{name}</XmlMsg>\r\n")).unwrap();
        fs::rename(draft, self.paths.req.join(name)).unwrap();
    }

    /// Takes all files in `res`, as the receipt computer does, and checks that each is complete.
    fn receive_responses(&mut self) {
        for name in RealDisk.list_files(&self.paths.res).unwrap() {
            let content = fs::read_to_string(self.paths.res.join(&name)).unwrap();
            assert_eq!(content, format!("whole answer to {}", name.replace("res_", "req_").replace(".zip", ".xml")));
            fs::remove_file(self.paths.res.join(&name)).unwrap();
            *self.response_counts.entry(name).or_default() += 1;
        }
    }

    fn list_remaining_files(&self) -> Vec<String> {
        let ExchangePaths { req, taken_requests, ready_responses, error_responses, .. } = &self.paths;
        [req, taken_requests, ready_responses, error_responses]
            .into_iter()
            .flat_map(|folder| RealDisk.list_files(folder).unwrap())
            .collect()
    }
}

/// The system's response to a request of this name: some are large, some are errors.
fn sample_response(name: &FileName) -> ResponseFile {
    let text = name.to_string();
    ResponseFile {
        bytes: format!("whole answer to {text}").into_bytes(),
        extension: if text.contains("large") { Extension::Zip } else { Extension::Xml },
        disposition: if text.contains("faulty") { RequestDisposition::MoveToErr } else { RequestDisposition::Delete },
    }
}

/// Runs one process from its start, until the disk fails or nothing is left to do.
fn run_process<D: Disk>(folders: &mut Folders<D>) -> io::Result<()> {
    folders.remove_drafts()?;
    loop {
        folders.take_requests()?;
        let pending = folders.resume(&HashSet::new())?;
        for name in &pending.unknown {
            folders.read_unknown_request(name)?;
            folders.deliver_unknown_response(name, format!("whole answer to {name}").as_bytes())?;
        }
        let Some(name) = pending.requests.first() else { return Ok(()) };
        folders.read_request(name)?;
        folders.deliver_response(name, &sample_response(name))?;
    }
}

const REQUEST_NAMES: [&str; 6] = [
    "OQSsionq01req_plain.xml",
    "OQSmuonq02req_large.xml",
    "YZKsiquc01req_faulty.xml",
    "OQSmuonq02req_large-faulty.xml",
    // Of unknown kinds: by the prefix, and by a blank in the name.
    "PMHsiquc01req_unknown.xml",
    "OQSsionq01req_a blank.xml",
];

#[test]
fn cut_before_every_move_each_ask_is_answered_once() {
    let mut cuts = 0;
    for cut in 0.. {
        let mut world = TestExchange::new();
        for request_name in REQUEST_NAMES {
            world.write_request(request_name);
        }
        let outcome = run_process(&mut world.folders(FailingDisk::failing_after(cut)));
        // The receipt computer takes the responses before the next process starts.
        world.receive_responses();
        run_process(&mut world.folders(RealDisk)).unwrap();
        world.receive_responses();
        assert_eq!(world.response_counts.len(), REQUEST_NAMES.len(), "cut {cut}: {:?}", world.response_counts);
        assert!(world.response_counts.values().all(|count| *count == 1), "cut {cut}: {:?}", world.response_counts);
        assert_eq!(world.list_remaining_files(), Vec::<String>::new(), "cut {cut}");
        assert_eq!(
            RealDisk.list_files(&world.paths.err).unwrap(),
            [REQUEST_NAMES[3], REQUEST_NAMES[5], REQUEST_NAMES[4], REQUEST_NAMES[2]],
            "cut {cut}"
        );
        if outcome.is_ok() {
            break;
        }
        cuts += 1;
    }
    assert!(cuts > 30, "{cuts}");
}

#[test]
fn cut_a_thousand_times_with_new_asks_in_between_nothing_is_lost_or_answered_twice() {
    let randomness = Randomness::repeatable("cut a thousand times");
    let mut world = TestExchange::new();
    let (mut request_count, mut cuts) = (0_u32, 0);
    while cuts < 1_000 {
        for _ in 0..randomness.number_below(4) {
            let kind = REQUEST_NAMES[usize::try_from(randomness.number_below(6)).unwrap()];
            world.write_request(&kind.replace(".xml", &format!("-{request_count}.xml")));
            request_count += 1;
        }
        if run_process(&mut world.folders(FailingDisk::failing_after(randomness.number_below(40)))).is_err() {
            cuts += 1;
        }
        // Sometimes the receipt computer does not take the responses.
        if randomness.number_below(3) > 0 {
            world.receive_responses();
        }
    }
    run_process(&mut world.folders(RealDisk)).unwrap();
    world.receive_responses();
    assert_eq!(world.response_counts.len(), request_count as usize);
    assert!(world.response_counts.values().all(|count| *count == 1));
    assert_eq!(world.list_remaining_files(), Vec::<String>::new());
}

#[test]
fn a_request_of_no_known_kind_has_a_name_to_be_answered_under() {
    let check =
        |name: &str, expected: Option<&str>| assert_eq!(unknown_response_name(name).as_deref(), expected, "{name}");
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
    let settings =
        ExchangeFolder { settle_time: Duration::ZERO, ..ExchangeFolder::with_defaults(root.path().to_owned()) };
    let exchange = Exchange::open(&settings, "見本クリニック").unwrap();
    let names = ["OQSsionq01REQ_1.XML", "OQSsionq01req_1.XML", "PMHsiquc01req_1.xml", "OQSsionq01req_a blank.xml"];
    for name in names.iter().chain(&["letter.xml"]) {
        fs::write(exchange.paths.req.join(name), "<XmlMsg></XmlMsg>").unwrap();
    }
    let context = (fixtures::institution(), fixtures::now());
    assert_eq!(exchange.take_pending_requests(&Arc::default(), 1, context).await, []);
    assert_eq!(exchange.status().unknown_requests, 4, "the administrator sees it");
    let response_names = RealDisk.list_files(&exchange.paths.res).unwrap();
    assert_eq!(
        response_names,
        ["OQSsionq01RES_1.XML", "OQSsionq01res_1.XML", "OQSsionq01res_a blank.xml", "PMHsiquc01res_1.xml"]
    );
    for response_name in response_names {
        let text = fs::read_to_string(exchange.paths.res.join(&response_name)).unwrap();
        assert!(text.contains("<SegmentOfResult>9<") && text.contains("<ErrorCode>T301<"), "{response_name}: {text}");
    }
    assert_eq!(exchange.take_pending_requests(&Arc::default(), 1, context).await, []);
    assert_eq!(exchange.status().unknown_requests, 4, "once each");
}

#[tokio::test]
async fn folders_that_cannot_be_written_are_found_out() {
    let root = tempfile::tempdir().unwrap();
    let exchange = Exchange::open(&ExchangeFolder::with_defaults(root.path().to_owned()), "見本クリニック").unwrap();
    exchange.check().await.unwrap();
    assert_eq!(RealDisk.list_files(&exchange.paths.work).unwrap(), ["lock"], "nothing is left of the check");
    for folder in [&exchange.paths.res, &exchange.paths.req, &exchange.paths.err] {
        fs::remove_dir(folder).unwrap();
        let names_folder = |error: WrongFolder| matches!(error, WrongFolder::Unusable(path, _) if path == *folder);
        assert!(exchange.check().await.is_err_and(names_folder), "{}", folder.display());
        fs::write(folder, "no folder").unwrap();
        assert!(exchange.check().await.is_err_and(names_folder), "{}", folder.display());
        fs::remove_file(folder).unwrap();
        make_folder(folder).unwrap();
        exchange.check().await.unwrap();
    }
    // A disk that takes no file.
    fs::create_dir(exchange.paths.work.join("write-test.part")).unwrap();
    assert!(exchange.check().await.is_err());
}

#[test]
fn a_request_may_stay_for_its_program_to_read_it_back() {
    let world = TestExchange::new();
    let timing = Timing { request_stays: Duration::from_hours(1), settle_time: Duration::ZERO };
    let mut folders = Folders::new(world.paths.clone(), RealDisk, timing, ErrFiles::None);
    world.write_request(REQUEST_NAMES[0]);
    folders.take_requests().unwrap();
    folders.take_requests().unwrap();
    assert_eq!(RealDisk.list_files(&world.paths.req).unwrap(), [REQUEST_NAMES[0]]);
}

#[test]
fn an_error_lies_beside_its_request_where_the_site_wants_it_so() {
    let world = TestExchange::new();
    let mut folders = Folders::new(world.paths.clone(), RealDisk, NO_DELAY, ErrFiles::BesideResponse);
    for request_name in [REQUEST_NAMES[0], REQUEST_NAMES[2], REQUEST_NAMES[4]] {
        world.write_request(request_name);
    }
    run_process(&mut folders).unwrap();
    let response_names = RealDisk.list_files(&world.paths.res).unwrap();
    assert_eq!(
        response_names,
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
    let read = |name: &str| fs::read_to_string(world.paths.res.join(name)).unwrap();
    assert_eq!(read("YZKsiquc01req_faulty.err"), read("YZKsiquc01res_faulty.xml"));
    assert_eq!(read("YZKsiquc01req_faulty.xml"), "<XmlMsg>YZKsiquc01req_faulty.xml</XmlMsg>\r\n");
}

#[test]
fn a_file_that_is_being_written_is_not_taken() {
    let world = TestExchange::new();
    let hour = Duration::from_hours(1);
    let timing = Timing { request_stays: Duration::ZERO, settle_time: hour };
    let mut folders = Folders::new(world.paths.clone(), RealDisk, timing, ErrFiles::None);
    let file = world.paths.req.join(REQUEST_NAMES[0]);
    for (content, is_taken) in
        [("", false), ("<XmlMsg><a", false), ("<XmlMsg><a/></XmlMsg", false), ("<XmlMsg/>", false)]
    {
        fs::write(&file, content).unwrap();
        folders.take_requests().unwrap();
        assert_eq!(!file.exists(), is_taken, "{content}");
    }
    for name in ["OQSsionq01req_1.xml.tmp", "OQSsionq01req_2.part", ".OQSsionq01req_3.xml", "~1"] {
        fs::write(world.paths.req.join(name), "<XmlMsg></XmlMsg>").unwrap();
    }
    fs::write(&file, "<XmlMsg></XmlMsg>").unwrap();
    folders.take_requests().unwrap();
    assert!(!file.exists());
    assert_eq!(RealDisk.list_files(&world.paths.req).unwrap().len(), 4);
}

#[test]
fn what_stays_broken_is_taken_once_it_stays() {
    let world = TestExchange::new();
    fs::write(world.paths.req.join(REQUEST_NAMES[0]), "<XmlMsg><half").unwrap();
    world.folders(RealDisk).take_requests().unwrap();
    assert_eq!(RealDisk.list_files(&world.paths.taken_requests).unwrap(), [REQUEST_NAMES[0]]);
}

#[test]
fn what_is_no_ask_is_put_aside_and_keeps_its_namesakes() {
    let world = TestExchange::new();
    for _ in 0..2 {
        for name in ["letter.xml", "OQSsionq01res_1.xml"] {
            fs::write(world.paths.req.join(name), "<XmlMsg></XmlMsg>").unwrap();
        }
        world.folders(RealDisk).take_requests().unwrap();
    }
    let moved = RealDisk.list_files(&world.paths.err).unwrap();
    assert_eq!(moved, ["OQSsionq01res_1.xml", "OQSsionq01res_1.xml.2", "letter.xml", "letter.xml.2"]);
}

#[test]
fn a_link_is_not_followed_out_of_the_folders() {
    let world = TestExchange::new();
    let secret = world.folder.path().join("secret");
    fs::write(&secret, "<XmlMsg>of somebody else</XmlMsg>").unwrap();
    std::os::unix::fs::symlink(&secret, world.paths.req.join(REQUEST_NAMES[0])).unwrap();
    let mut folders = world.folders(RealDisk);
    folders.take_requests().unwrap();
    assert_eq!(folders.resume(&HashSet::new()).unwrap().requests, []);
    // Nor in the terminal's own folder.
    std::os::unix::fs::symlink(&secret, world.paths.taken_requests.join(REQUEST_NAMES[0])).unwrap();
    let name: FileName = REQUEST_NAMES[0].parse().unwrap();
    assert_eq!(folders.read_request(&name).unwrap().content, RequestContent::TooLong(Vec::new()));
}

#[test]
fn an_answer_waits_for_its_namesake_to_be_taken_and_so_does_the_next_ask() {
    let mut world = TestExchange::new();
    fs::write(world.paths.res.join("OQSsionq01res_plain.xml"), "of yesterday").unwrap();
    world.write_request(REQUEST_NAMES[0]);
    let mut folders = world.folders(RealDisk);
    run_process(&mut folders).unwrap();
    world.write_request(REQUEST_NAMES[0]);
    run_process(&mut folders).unwrap();
    assert_eq!(folders.blocked_responses(), ["OQSsionq01res_plain.xml"], "the administrator sees it");
    assert_eq!(fs::read_to_string(world.paths.res.join("OQSsionq01res_plain.xml")).unwrap(), "of yesterday");
    assert_eq!(RealDisk.list_files(&world.paths.req).unwrap(), [REQUEST_NAMES[0]]);
    fs::remove_file(world.paths.res.join("OQSsionq01res_plain.xml")).unwrap();
    for count in 1..=2 {
        run_process(&mut world.folders(RealDisk)).unwrap();
        world.receive_responses();
        run_process(&mut world.folders(RealDisk)).unwrap();
        world.receive_responses();
        assert!(world.response_counts["OQSsionq01res_plain.xml"] >= count);
    }
    assert_eq!(world.response_counts["OQSsionq01res_plain.xml"], 2);
}

#[test]
fn no_more_is_read_of_an_ask_than_a_message_can_have() {
    let world = TestExchange::new();
    let name: FileName = REQUEST_NAMES[0].parse().unwrap();
    let max_bytes = name.interface().max_bytes();
    let long = format!("{}</XmlMsg>", " ".repeat(max_bytes));
    fs::write(world.paths.req.join(REQUEST_NAMES[0]), long).unwrap();
    let mut folders = world.folders(RealDisk);
    folders.take_requests().unwrap();
    assert_eq!(folders.read_request(&name).unwrap().content, RequestContent::TooLong(vec![b' '; max_bytes]));
}
