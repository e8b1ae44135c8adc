#[derive(ArsenalState, Serialize, JsonSchema)]
#[state(crate = other::cluster)]
struct Count {
    count: i64,
}
