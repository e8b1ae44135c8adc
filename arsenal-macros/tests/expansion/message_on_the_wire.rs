#[derive(ArsenalMessage)]
#[message(cluster)]
enum Job<T: BytesConvertable + Send + 'static> {
    Put(T, u8),
    Take { port: RpcReplyPort<T> },
}

#[derive(ArsenalMessage)]
#[message(cluster)]
struct Tick;
