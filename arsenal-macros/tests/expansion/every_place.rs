//! A parameter of each place, with each rule.

/// Sells.
///
/// Nothing is kept.
#[operation(
    post,
    "/shops/{shop}/sales",
    tag = "sale",
    alias = "/sales/{shop}",
    status = 201,
    timeout = "2s",
    target = node(shop),
    access = admin
)]
async fn create_sale(
    context: NodeContext,
    #[state] store: Arc<Store>,
    /// The shop.
    shop: NodeName,
    #[param(query, default = 1, range(min = 1, max = 9))] copies: u8,
    #[param(header, length(max = 20))] origin: Option<String>,
    #[param(pattern = "^[a-z]+$", example = "ada")] customer: String,
) -> Result<Sale, ShopError> {
    store.sell(context, shop, copies, origin, customer).await
}
