const _: () = {
    use ::arsenal_cluster::__private as __arsenal;
    #[automatically_derived]
    impl __arsenal::ractor::Message for CounterMessage {
        #[inline]
        fn box_message(
            self,
            __pid: &__arsenal::ractor::ActorId,
        ) -> ::core::result::Result<
            __arsenal::ractor::message::BoxedMessage,
            __arsenal::ractor::message::BoxedDowncastErr,
        > {
            __arsenal::box_message(self, __pid)
        }
        #[allow(clippy::inline_always)]
        #[inline(always)]
        fn from_boxed(
            __boxed: __arsenal::ractor::message::BoxedMessage,
        ) -> ::core::result::Result<Self, __arsenal::ractor::message::BoxedDowncastErr> {
            __arsenal::from_boxed(__boxed)
        }
    }
    #[automatically_derived]
    impl __arsenal::ArsenalMessage for CounterMessage {
        const VARIANTS: &'static [&'static str] = &["add", "move", "get", "internal"];
        #[inline]
        fn variant(&self) -> u16 {
            match self {
                Self::Add { .. } => 0,
                Self::Move { .. } => 1,
                Self::Get { .. } => 2,
                Self::Internal { .. } => 3,
            }
        }
        fn show(&self) -> ::core::option::Option<&dyn ::core::fmt::Debug> {
            ::core::option::Option::Some(self)
        }
    }
    #[derive(__arsenal::serde::Deserialize, __arsenal::schemars::JsonSchema)]
    #[serde(
        crate = "__arsenal::serde",
        deny_unknown_fields,
        expecting = "the fields of `move`"
    )]
    #[schemars(crate = "__arsenal::schemars", inline)]
    struct __Move {
        /// How far.
        x: i64,
    }
    #[automatically_derived]
    impl __arsenal::JsonMessage for CounterMessage {
        const SPEC: &'static __arsenal::MessageSpec = &__SPEC;
        fn from_payload(
            __variant: usize,
            __payload: __arsenal::Payload<'_>,
            __replies: &mut __arsenal::Replies,
        ) -> ::core::result::Result<Self, __arsenal::MessageError> {
            match __variant {
                0 => {
                    let __field_0 = __payload.value::<i64>()?;
                    ::core::result::Result::Ok(Self::Add { 0: __field_0 })
                }
                1 => {
                    let __Move { x: __field_0 } = __payload.value::<__Move>()?;
                    ::core::result::Result::Ok(Self::Move {
                        x: __field_0,
                        done: __replies.port::<bool>(),
                    })
                }
                2 => {
                    __payload.nothing()?;
                    ::core::result::Result::Ok(Self::Get {
                        0: __replies.port::<i64>(),
                    })
                }
                _ => ::core::unreachable!("only what is offered is read"),
            }
        }
    }
    static __SPEC: __arsenal::MessageSpec = __arsenal::MessageSpec {
        type_id: ::core::any::TypeId::of::<CounterMessage>,
        type_name: ::core::any::type_name::<CounterMessage>,
        description: "What a counter understands.",
        variants: &[
            __arsenal::VariantSpec {
                name: "add",
                description: "Adds this.",
                is_call: false,
                json: ::core::option::Option::Some(__arsenal::VariantJson {
                    payload: ::core::option::Option::Some(
                        __arsenal::schema_within::<i64>,
                    ),
                    reply: ::core::option::Option::None,
                }),
            },
            __arsenal::VariantSpec {
                name: "move",
                description: "",
                is_call: true,
                json: ::core::option::Option::Some(__arsenal::VariantJson {
                    payload: ::core::option::Option::Some(
                        __arsenal::schema_within::<__Move>,
                    ),
                    reply: ::core::option::Option::Some(__arsenal::schema_alone::<bool>),
                }),
            },
            __arsenal::VariantSpec {
                name: "get",
                description: "",
                is_call: true,
                json: ::core::option::Option::Some(__arsenal::VariantJson {
                    payload: ::core::option::Option::None,
                    reply: ::core::option::Option::Some(__arsenal::schema_alone::<i64>),
                }),
            },
            __arsenal::VariantSpec {
                name: "internal",
                description: "",
                is_call: false,
                json: ::core::option::Option::None,
            },
        ],
        is_shown: true,
        json: ::core::option::Option::Some(__arsenal::MessageJson {
            is_tagged: true,
            send: __arsenal::send_message::<CounterMessage>,
            call: __arsenal::call_message::<CounterMessage>,
        }),
    };
    __arsenal::inventory::submit! {
        __arsenal::MessageRegistration(& __SPEC)
    }
};
