//! Serves what the library has.

#[tokio::main]
async fn main() -> std::io::Result<()> {
    contract::start_log();
    let listener = tokio::net::TcpListener::bind(contract::address()).await?;
    axum::serve(listener, axum_hand_server::app()).await
}
