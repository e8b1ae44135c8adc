//! Serves what the library has.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    contract::start_log();
    let listener = tokio::net::TcpListener::bind(contract::address()).await?;
    axum::serve(listener, arsenal_server::app()?).await?;
    Ok(())
}
