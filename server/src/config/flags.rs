//! The flags of `arsenal serve`, as they were typed: not checked yet.

use clap::Args;

/// Flags of `arsenal serve`. Each is also an environment variable (`--http` is `ARSENAL_HTTP`) and a
/// key of the configuration file (`http`).
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ServeFlags {
    /// Name of this node, unique in the cluster [default: a]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// Address to listen on for other nodes [default: 127.0.0.1:7000]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,

    /// Address that other nodes dial; needed where --listen is 0.0.0.0 or [::] [default: --listen]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) advertise: Option<String>,

    /// Address that HTTP is served at [default: 127.0.0.1:4000]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http: Option<String>,

    /// Cluster address of another node, with its IP address or the name of its host in DNS; give it
    /// once per node, or separate them by commas
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    pub(crate) join: Vec<String>,

    /// Where else other nodes are looked for, again and again; may be given several times
    ///
    /// `file:PATH` (a file with addresses, one per line), `local[:FOLDER]` (the nodes of this machine
    /// and user), `multicast[:GROUP:PORT]` (the local network), `dns:HOST:PORT` (the addresses of a
    /// name), `srv:NAME` (service records, as `srv:_arsenal._tcp.example.org`), or
    /// `kubernetes:SERVICE[.NAMESPACE]:PORT` (a headless service; PORT is a number or a name)
    #[arg(long, value_name = "WHERE", value_delimiter = ',')]
    pub(crate) discover: Vec<String>,

    /// Name server that is asked for names of other nodes, as 10.0.0.53 or 10.0.0.53:5353 [default:
    /// those of the system]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) dns_server: Option<String>,

    /// Follow what others decide, and never count for a majority
    #[arg(long)]
    pub(crate) observer: bool,

    /// Names of the nodes of which more than half must answer for changes of the whole cluster
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) voters: Vec<String>,

    /// Number of nodes of a simulated cluster, 1 to 20, that requests are for; the real one goes on
    #[arg(long, value_name = "NUMBER")]
    pub(crate) simulate: Option<String>,

    /// File with the secret that all nodes of the cluster share [default: <data-dir>/secret]
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<String>,

    /// File with a second secret whose gossip is heard too, while the secret is being changed
    #[arg(long, value_name = "FILE")]
    pub(crate) accept_secret_file: Option<String>,

    /// File with the token that HTTP clients show [default: <data-dir>/token]
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<String>,

    /// Certificate of this node (PEM), with its name as DNS name; connections of nodes are encrypted then
    #[arg(long, value_name = "FILE")]
    pub(crate) cluster_cert: Option<String>,

    /// Key of that certificate (PEM)
    #[arg(long, value_name = "FILE")]
    pub(crate) cluster_key: Option<String>,

    /// Certificates of the authority that signs those of all nodes (PEM)
    #[arg(long, value_name = "FILE")]
    pub(crate) cluster_ca: Option<String>,

    /// Folder for what must survive a restart [default: arsenal/<name> in your state folder]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data_dir: Option<String>,

    /// Configuration file (TOML); its keys are these flags
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<String>,

    /// Allow addresses that are not loopback, although nothing is encrypted
    #[arg(long)]
    pub(crate) insecure_bind: bool,

    /// What is logged [default: `info,ractor=off,ractor_cluster=error`]
    #[arg(long, value_name = "FILTER")]
    pub(crate) log: Option<String>,
}
