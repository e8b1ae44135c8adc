/// Sells.
///
/// Nothing is kept.
async fn create_sale(
    context: NodeContext,
    store: Arc<Store>,
    shop: NodeName,
    copies: u8,
    origin: Option<String>,
    customer: String,
) -> Result<Sale, ShopError> {
    store.sell(context, shop, copies, origin, customer).await
}
#[doc(hidden)]
#[macro_export]
macro_rules! duplicate_route_POST__shops__CAPTURE__sales {
    () => {};
}
#[doc(hidden)]
#[macro_export]
macro_rules! duplicate_route_POST__sales__CAPTURE {
    () => {};
}
const _: () = {
    use ::arsenal_core::__private as __arsenal;
    enum __shop {}
    impl __arsenal::Named for __shop {
        type Value = NodeName;
    }
    enum __copies {}
    impl __arsenal::Named for __copies {
        type Value = u8;
        fn default() -> ::core::option::Option<u8> {
            let value: u8 = 1;
            ::core::option::Option::Some(value)
        }
    }
    impl __arsenal::Defaulted for __copies {
        type Value = u8;
    }
    impl __arsenal::RangeOf for __copies {
        type Value = u8;
    }
    enum __origin {}
    impl __arsenal::Named for __origin {
        type Value = Option<String>;
    }
    impl __arsenal::LengthOf for __origin {
        type Value = Option<String>;
    }
    enum __customer {}
    impl __arsenal::Named for __customer {
        type Value = String;
        fn inspector() -> ::core::option::Option<__arsenal::Inspector> {
            use __arsenal::{ByItems as _, ByItself as _, ByNothing as _};
            (&&&__arsenal::Probe::<String>::new()).inspector()
        }
    }
    impl __arsenal::PatternOf for __customer {
        type Value = String;
    }
    static __PATTERN_CUSTOMER: __arsenal::Pattern = __arsenal::Pattern::new("^[a-z]+$");
    enum __State0 {}
    impl __arsenal::StateOf for __State0 {
        type Value = Arc<Store>;
    }
    enum __Operation {}
    impl __arsenal::Operation for __Operation {
        type Input = (
            __arsenal::Held<__shop, __arsenal::Text>,
            (
                __arsenal::Checked<
                    __arsenal::InRange<__copies>,
                    __arsenal::Held<__copies, __arsenal::Text>,
                >,
                (
                    __arsenal::Checked<
                        __arsenal::OfLength<__origin>,
                        __arsenal::Held<__origin, __arsenal::Text>,
                    >,
                    (
                        __arsenal::Checked<
                            __arsenal::Matching<__customer>,
                            __arsenal::Held<__customer, __arsenal::Field>,
                        >,
                        (),
                    ),
                ),
            ),
        );
        type States = (__State0, ());
        type Answer = Sale;
        type Error = ShopError;
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
        >(
            __context,
            __arguments,
            |
                __context,
                (__state_0, ()),
                (__value_0, (__value_1, (__value_2, (__value_3, ()))))|
            create_sale(__context, __state_0, __value_0, __value_1, __value_2, __value_3),
        )
    }
    const __TAG: &str = "sale";
    const __NAME: &str = {
        const BUFFER: __arsenal::NameBuffer<{ __TAG.len() + 1 + "create_sale".len() }> = __arsenal::NameBuffer::new(
            __TAG,
            "create_sale",
        );
        BUFFER.as_str()
    };
    static __PARAMETERS: [__arsenal::Parameter; 4usize] = [
        __arsenal::Parameter {
            name: "shop",
            location: __arsenal::Location::Path,
            description: "The shop.",
            schema: __arsenal::parameter_schema::<__shop>,
            is_optional: __arsenal::is_optional::<__shop>,
            rules: &[],
            default: ::core::option::Option::None,
            example: ::core::option::Option::None,
            is_deprecated: false,
            media_type: ::core::option::Option::None,
        },
        __arsenal::Parameter {
            name: "copies",
            location: __arsenal::Location::Query,
            description: "",
            schema: __arsenal::parameter_schema::<__copies>,
            is_optional: __arsenal::is_optional::<__copies>,
            rules: &[
                __arsenal::Rule::Range {
                    min: ::core::option::Option::Some(__arsenal::Number::Integer(1i128)),
                    max: ::core::option::Option::Some(__arsenal::Number::Integer(9i128)),
                },
            ],
            default: ::core::option::Option::Some(__arsenal::default_value::<__copies>),
            example: ::core::option::Option::None,
            is_deprecated: false,
            media_type: ::core::option::Option::None,
        },
        __arsenal::Parameter {
            name: "origin",
            location: __arsenal::Location::Header,
            description: "",
            schema: __arsenal::parameter_schema::<__origin>,
            is_optional: __arsenal::is_optional::<__origin>,
            rules: &[
                __arsenal::Rule::Length {
                    min: ::core::option::Option::None,
                    max: ::core::option::Option::Some(20),
                },
            ],
            default: ::core::option::Option::None,
            example: ::core::option::Option::None,
            is_deprecated: false,
            media_type: ::core::option::Option::None,
        },
        __arsenal::Parameter {
            name: "customer",
            location: __arsenal::Location::Body,
            description: "",
            schema: __arsenal::parameter_schema::<__customer>,
            is_optional: __arsenal::is_optional::<__customer>,
            rules: &[__arsenal::Rule::Pattern(&__PATTERN_CUSTOMER)],
            default: ::core::option::Option::None,
            example: ::core::option::Option::Some(|| __arsenal::example_value(&"ada")),
            is_deprecated: false,
            media_type: ::core::option::Option::None,
        },
    ];
    static __SPEC: __arsenal::OperationSpec = __arsenal::OperationSpec {
        name: __NAME,
        tag: __TAG,
        method: __arsenal::Method::Post,
        path: "/shops/{shop}/sales",
        aliases: &["/sales/{shop}"],
        summary: "Sells.",
        description: "Nothing is kept.",
        target: __arsenal::Target::Node {
            parameter: "shop",
        },
        require: __arsenal::Require::Any,
        partition: __arsenal::Partition::Any,
        access: __arsenal::Access::Admin,
        timeout: __arsenal::Duration::from_millis(2000u64),
        status: 201u16,
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
        states: &[
            __arsenal::StateRequirement {
                type_name: __arsenal::state_name::<__State0>,
                is_present: __arsenal::has_state::<__State0>,
            },
        ],
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
