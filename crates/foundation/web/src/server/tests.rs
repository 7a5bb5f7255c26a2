use axum::{
    Router,
    body::Bytes,
    response::IntoResponse,
    routing::{get, post},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    sync::oneshot,
};

use super::*;

const HEADER: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_mins(1);
const BODY: Duration = Duration::from_secs(30);

/// Stops a test that hangs; no outcome depends on it.
const TEST_TIMEOUT: Duration = Duration::from_mins(1);

/// A response that is larger than all buffers between the two ends.
const LARGE: usize = 1 << 20;

fn pages() -> Router {
    Router::new()
        .route("/", get(|| async { "a page" }))
        .route("/large", get(|| async { vec![b'x'; LARGE].into_response() }))
        .route("/slow", get(|| async { tokio::time::sleep(10 * IDLE).await }))
        .route("/whole", post(|whole: Bytes| async { whole }))
        .route("/peer", get(|request: Request| async move { format!("{:?}", request.extensions().get::<Peer>()) }))
}

fn settings() -> ConnectionSettings {
    ConnectionSettings { trusted_proxies: TrustedProxies::none(), ..ConnectionSettings::default() }
}

/// A connection from this address, on the paused clock of the test.
struct OpenConnection {
    stream: DuplexStream,
    since: Instant,
    /// Dropping it would stop the server.
    _phase: watch::Sender<Phase>,
}

fn open_connection_from(address: &str, settings: &ConnectionSettings) -> OpenConnection {
    let (stream, server_stream) = tokio::io::duplex(256);
    let (phase, serving) = watch::channel(Phase::Serving);
    let server = HttpServer::new("test", settings);
    let address = address.parse().unwrap();
    tokio::spawn(async move { server.run_connection(server_stream, address, pages(), serving).await });
    OpenConnection { stream, since: Instant::now(), _phase: phase }
}

fn open_connection() -> OpenConnection {
    open_connection_from("192.0.2.1", &settings())
}

impl OpenConnection {
    async fn write(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// What is received until the other end closes, and after how long it does.
    async fn rest(mut self) -> (String, Duration) {
        let mut received = Vec::new();
        // Reset and closed are equivalent here.
        let _ = self.stream.read_to_end(&mut received).await;
        (String::from_utf8_lossy(&received).into_owned(), self.since.elapsed())
    }

    /// Reads one response whose body ends with this.
    async fn read_response(&mut self, end: &str) -> String {
        let mut response = String::new();
        while !response.ends_with(end) {
            let mut part = [0; 64];
            let length = self.stream.read(&mut part).await.unwrap();
            assert_ne!(length, 0, "it was closed after: {response}");
            response.push_str(std::str::from_utf8(&part[..length]).unwrap());
        }
        response
    }
}

/// Closed `after` the connection began, or within [`CLOSE_GRACE`] later.
fn check_closed(open_for: Duration, after: Duration) {
    assert!(open_for >= after && open_for <= after + CLOSE_GRACE, "{open_for:?} instead of {after:?}");
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_is_closed() {
    check_closed(open_connection().rest().await.1, HEADER);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_trickles_in_is_not_waited_for() {
    let mut open = open_connection();
    open.write("GET / HTTP/1.1\r\nhost: x\r\n").await;
    for letter in std::iter::repeat_n("a", 100) {
        tokio::time::sleep(Duration::from_millis(900)).await;
        if open.stream.write_all(letter.as_bytes()).await.is_err() {
            break;
        }
    }
    let (received, open_for) = open.rest().await;
    assert_eq!(received, "");
    assert!(open_for >= HEADER && open_for <= HEADER + 2 * CLOSE_GRACE, "{open_for:?}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_a_next_request_is_closed() {
    let mut open = open_connection();
    open.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(open.read_response("a page").await.starts_with("HTTP/1.1 200"));
    check_closed(open.rest().await.1, IDLE);
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_kept_from_one_request_to_the_next_and_each_head_is_timed() {
    let mut open = open_connection();
    let pause = IDLE.saturating_sub(Duration::from_secs(1));
    for _ in 0..3 {
        open.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        open.read_response("a page").await;
        tokio::time::sleep(pause).await;
    }
    open.write("GET / HT").await;
    check_closed(open.rest().await.1, 3 * pause + HEADER);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let mut open = open_connection();
    open.write("POST /whole HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf").await;
    let (received, open_for) = open.rest().await;
    assert!(received.starts_with("HTTP/1.1 4"), "{received}");
    check_closed(open_for, BODY);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_comes_slowly_is_read_to_its_end() {
    let mut open = open_connection();
    open.write("POST /whole HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n").await;
    for letter in ["w", "h", "o", "l", "e"] {
        tokio::time::sleep(BODY.saturating_sub(Duration::from_secs(1))).await;
        open.write(letter).await;
    }
    assert!(open.read_response("whole").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(start_paused = true)]
async fn who_does_not_take_the_answer_is_closed() {
    let mut open = open_connection();
    open.write("GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await;
    tokio::time::sleep(IDLE + BODY + CLOSE_GRACE).await;
    let (received, _) = open.rest().await;
    assert!(received.len() < LARGE, "the connection was cut off");
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_take_its_time() {
    let mut open = open_connection();
    open.write("GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    let (received, open_for) = open.rest().await;
    assert!(received.starts_with("HTTP/1.1 200"), "{received}");
    check_closed(open_for, 10 * IDLE);
}

#[tokio::test(start_paused = true)]
async fn http2_that_says_nothing_more_is_closed() {
    let mut open = open_connection();
    open.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    // An empty SETTINGS frame (RFC 9113 §6.5).
    open.stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
    check_closed(open.rest().await.1, HEADER);
}

#[tokio::test(start_paused = true)]
async fn a_request_carries_the_address_that_it_came_from() {
    let trusting = ConnectionSettings {
        trusted_proxies: vec!["10.0.0.1".to_owned()].try_into().unwrap(),
        ..ConnectionSettings::default()
    };
    for (source, expected) in [
        ("198.51.100.9", "Some(Peer(198.51.100.9))"),
        ("10.0.0.1", "Some(Peer(192.0.2.7))"),
        // A subscriber has a /64.
        ("2001:db8::1:2:3:4", "Some(Peer(2001:db8::))"),
    ] {
        let mut open = open_connection_from(source, &trusting);
        open.write("GET /peer HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 192.0.2.7\r\nconnection: close\r\n\r\n").await;
        let (received, _) = open.rest().await;
        assert!(received.ends_with(expected), "{received}");
    }
}

/// A server on a free port, and the sender that stops it.
async fn start_server(settings: &ConnectionSettings) -> (std::net::SocketAddr, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stop_signal) = oneshot::channel();
    let server = HttpServer::new("test", settings);
    let stop_signal = async move {
        let _ = stop_signal.await;
    };
    tokio::spawn(server.serve(listener, pages(), stop_signal, std::future::pending()));
    (address, stop)
}

/// Requests a page on a connection and leaves it open.
async fn request_page(stream: &mut TcpStream) -> io::Result<usize> {
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await?;
    stream.read(&mut [0; 1024]).await
}

#[tokio::test]
async fn one_address_holds_its_share_of_connections() {
    let (address, _stop) = start_server(&ConnectionSettings { max_connections_per_peer: 1, ..settings() }).await;
    let mut first = TcpStream::connect(address).await.unwrap();
    assert_ne!(request_page(&mut first).await.unwrap(), 0);
    let mut second = TcpStream::connect(address).await.unwrap();
    let outcome = tokio::time::timeout(TEST_TIMEOUT, request_page(&mut second)).await.expect("it is closed");
    assert!(matches!(outcome, Ok(0) | Err(_)), "{outcome:?}");
    assert_ne!(request_page(&mut first).await.unwrap(), 0, "the first goes on");
}

#[tokio::test]
async fn a_trusted_proxy_is_not_one_visitor() {
    let trusting = ConnectionSettings { max_connections_per_peer: 1, ..ConnectionSettings::default() };
    let (address, _stop) = start_server(&trusting).await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert_ne!(request_page(&mut stream).await.unwrap(), 0);
        streams.push(stream);
    }
}

#[tokio::test]
async fn who_comes_while_all_places_are_taken_waits() {
    let (address, _stop) = start_server(&ConnectionSettings { max_connections: 1, ..settings() }).await;
    let mut first = TcpStream::connect(address).await.unwrap();
    assert_ne!(request_page(&mut first).await.unwrap(), 0);
    let mut second = TcpStream::connect(address).await.unwrap();
    second.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    drop(first);
    let outcome = tokio::time::timeout(TEST_TIMEOUT, second.read(&mut [0; 1024])).await.expect("it is answered");
    assert_ne!(outcome.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_trouble_that_repeats_is_logged_once_in_a_while_with_its_count() {
    let limit = LogLimit::default();
    assert_eq!(limit.admit(), Some(0));
    assert_eq!((limit.admit(), limit.admit()), (None, None));
    tokio::time::advance(LOG_INTERVAL).await;
    assert_eq!(limit.admit(), Some(2));
}

#[test]
fn connections_fit_the_limit_of_open_files() {
    let fitted = |open_files, listeners| {
        let settings = ConnectionSettings::default().limited_by_open_files(open_files, listeners);
        (settings.max_connections, settings.max_connections_per_peer)
    };
    assert_eq!(fitted(1_048_576, 1), (4000, 100));
    assert_eq!(fitted(1024, 1), (768, 100));
    assert_eq!(fitted(96, 1), (72, 72));
    // Two listeners of one process share its files.
    assert_eq!(fitted(1_048_576, 2), (4000, 100));
    assert_eq!(fitted(1024, 2), (384, 100));
    assert_eq!(fitted(96, 2), (36, 36));
}
