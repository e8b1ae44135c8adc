/// Says that it lives.
pub async fn inspect_node() -> Result<Alive, OperationError> {
    Ok(Alive)
}
#[doc(hidden)]
#[macro_export]
macro_rules! duplicate_route_GET__api__v1__alive {
    () => {};
}
const _: () = {
    use ::arsenal_core::__private as __arsenal;
    enum __Operation {}
    impl __arsenal::Operation for __Operation {
        type Input = ();
        type States = ();
        type Answer = Alive;
        type Error = OperationError;
        fn parameters() -> &'static [__arsenal::Parameter] {
            &__PARAMETERS
        }
    }
    fn __call(
        __context: __arsenal::NodeContext,
        __arguments: __arsenal::Arguments<'_>,
    ) -> __arsenal::BoxFuture<
        'static,
        ::core::result::Result<__arsenal::Reply, __arsenal::OperationError>,
    > {
        __arsenal::unary::<
            __Operation,
            _,
            _,
        >(__context, __arguments, |_, (), ()| inspect_node())
    }
    const __TAG: &str = "node";
    const __NAME: &str = {
        const BUFFER: __arsenal::NameBuffer<
            { __TAG.len() + 1 + "inspect_node".len() },
        > = __arsenal::NameBuffer::new(__TAG, "inspect_node");
        BUFFER.as_str()
    };
    static __PARAMETERS: [__arsenal::Parameter; 0usize] = [];
    static __SPEC: __arsenal::OperationSpec = __arsenal::OperationSpec {
        name: __NAME,
        tag: __TAG,
        method: __arsenal::Method::Get,
        path: "/api/v1/alive",
        aliases: &[],
        summary: "Says that it lives.",
        description: "",
        target: __arsenal::Target::Here,
        require: __arsenal::Require::Any,
        partition: __arsenal::Partition::Any,
        access: __arsenal::Access::Read,
        timeout: __arsenal::Duration::from_millis(5000u64),
        status: 200u16,
        is_deprecated: false,
        deprecated_from: ::core::option::Option::None,
        sunset: ::core::option::Option::None,
        limits: __arsenal::Limits::DEFAULT,
        is_idempotent: false,
        answers: __arsenal::Answers::Once,
        versions: __arsenal::Versions {
            since: ::core::option::Option::None,
            until: ::core::option::Option::None,
            replaced_by: ::core::option::Option::None,
        },
        error_cases: __arsenal::error_cases::<__Operation>,
        parameters: &__PARAMETERS,
        states: &[],
        output: __arsenal::output_schema::<__Operation>,
        gather: __arsenal::Gather::PerNode,
        rehearse: ::core::option::Option::None,
        check: __arsenal::check::<__Operation>,
        call: __call,
        source: __arsenal::Source {
            package: ::core::env!("CARGO_PKG_NAME"),
            file: ::core::file!(),
            line: ::core::line!(),
        },
    };
    __arsenal::inventory::submit! {
        __arsenal::Registration(& __SPEC)
    }
};
