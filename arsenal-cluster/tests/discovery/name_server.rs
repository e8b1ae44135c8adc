//! A name server on loopback, over UDP and TCP, whose answers a test decides. What does not fit into a
//! packet it cuts, as every server does.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use arsenal_cluster::discovery::NameServers;
use hickory_server::{
    Server,
    net::{runtime::Time, xfer::Protocol},
    proto::{
        op::{Header, HeaderCounts, Metadata, ResponseCode},
        rr::{
            Name, RData, Record, RecordType,
            rdata::{A, AAAA, SRV},
        },
    },
    server::{Request, RequestHandler, ResponseHandler, ResponseInfo},
    zone_handler::MessageResponseBuilder,
};
use tokio::net::{TcpListener, UdpSocket};

const TTL_SECONDS: u32 = 30;
const TCP_IDLE_MAX: Duration = Duration::from_secs(5);
const TCP_ANSWERS_MAX: usize = 32;

/// Ended when dropped.
pub(crate) struct NameServer {
    pub(crate) at: SocketAddr,
    zone: Arc<Mutex<Zone>>,
    _server: Server<Answers>,
}

/// What it answers.
#[derive(Default)]
struct Zone {
    records: Vec<Record>,
    /// Sent along with service records.
    additional: Vec<Record>,
    mood: Mood,
    asked: Vec<(Protocol, RecordType)>,
}

#[derive(Clone, Copy, Default)]
pub(crate) enum Mood {
    #[default]
    Answering,
    Failing(ResponseCode),
    /// It fails only where it is asked for this.
    FailingFor(RecordType),
    Silent,
}

struct Answers(Arc<Mutex<Zone>>);

impl NameServer {
    pub(crate) async fn start() -> Self {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let at = tcp.local_addr().unwrap();
        let zone = Arc::<Mutex<Zone>>::default();
        let mut server = Server::new(Answers(Arc::clone(&zone)));
        server.register_socket(UdpSocket::bind(at).await.unwrap());
        server.register_listener(tcp, TCP_IDLE_MAX, TCP_ANSWERS_MAX);
        Self { at, zone, _server: server }
    }

    pub(crate) const fn servers(&self) -> NameServers {
        NameServers::At(self.at)
    }

    /// Answers with these from now on.
    pub(crate) fn holds(&self, records: impl IntoIterator<Item = Record>) {
        self.zone.lock().unwrap().records = records.into_iter().collect();
    }

    pub(crate) fn sends_along(&self, records: impl IntoIterator<Item = Record>) {
        self.zone.lock().unwrap().additional = records.into_iter().collect();
    }

    pub(crate) fn is(&self, mood: Mood) {
        self.zone.lock().unwrap().mood = mood;
    }

    /// What it was asked for since this was asked last.
    pub(crate) fn asked(&self) -> Vec<(Protocol, RecordType)> {
        std::mem::take(&mut self.zone.lock().unwrap().asked)
    }
}

pub(crate) fn a(name: &str, address: [u8; 4]) -> Record {
    record(name, RData::A(A(Ipv4Addr::from(address))))
}

pub(crate) fn aaaa(name: &str, address: Ipv6Addr) -> Record {
    record(name, RData::AAAA(AAAA(address)))
}

pub(crate) fn srv(name: &str, target: &str, port: u16) -> Record {
    record(name, RData::SRV(SRV::new(0, 100, port, target.parse().unwrap())))
}

fn record(name: &str, data: RData) -> Record {
    Record::from_rdata(name.parse::<Name>().unwrap(), TTL_SECONDS, data)
}

#[async_trait::async_trait]
impl RequestHandler for Answers {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut answer: R,
    ) -> ResponseInfo {
        let query = request.request_info().unwrap().query.clone();
        let (mut records, mut additional, mood, is_known) = {
            let mut zone = self.0.lock().unwrap();
            zone.asked.push((request.protocol(), query.query_type()));
            let name: Name = query.name().into();
            let named: Vec<Record> =
                zone.records.iter().filter(|record| record.name == name).cloned().collect();
            let is_known = !named.is_empty();
            let is_asked = |record: &Record| record.record_type() == query.query_type();
            let records: Vec<Record> = named.into_iter().filter(is_asked).collect();
            (records, zone.additional.clone(), zone.mood, is_known)
        };
        let code = match mood {
            Mood::Silent => return nothing(request),
            Mood::Failing(code) => code,
            Mood::FailingFor(kind) if kind == query.query_type() => ResponseCode::ServFail,
            Mood::FailingFor(_) | Mood::Answering if is_known => ResponseCode::NoError,
            Mood::FailingFor(_) | Mood::Answering => ResponseCode::NXDomain,
        };
        if code != ResponseCode::NoError {
            records.clear();
        }
        if records.is_empty() || query.query_type() != RecordType::SRV {
            additional.clear();
        }
        let mut metadata = Metadata::response_from_request(&request.metadata);
        metadata.response_code = code;
        metadata.authoritative = true;
        let builder = MessageResponseBuilder::from_message_request(request);
        let response = builder.build(metadata, &records, [], [], &additional);
        answer.send_response(response).await.unwrap()
    }
}

fn nothing(request: &Request) -> ResponseInfo {
    let metadata = Metadata::response_from_request(&request.metadata);
    Header { metadata, counts: HeaderCounts::default() }.into()
}
