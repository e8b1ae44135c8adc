const _: () = {
    use ::arsenal_cluster::__private as __arsenal;
    #[automatically_derived]
    impl<T: BytesConvertable + Send + 'static> __arsenal::ractor::Message for Job<T> {
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
        fn serializable() -> bool {
            true
        }
        fn serialize(
            self,
        ) -> ::core::result::Result<
            __arsenal::ractor::message::SerializedMessage,
            __arsenal::ractor::message::BoxedDowncastErr,
        > {
            ::core::result::Result::Ok(
                match self {
                    Self::Put { 0: __field_0, 1: __field_1 } => {
                        __arsenal::WireWriter::default()
                            .field::<T>(__field_0)
                            .field::<u8>(__field_1)
                            .cast("Put")
                    }
                    Self::Take { port: __field_0 } => {
                        __arsenal::WireWriter::default().call::<T>("Take", __field_0)
                    }
                },
            )
        }
        fn deserialize(
            __message: __arsenal::ractor::message::SerializedMessage,
        ) -> ::core::result::Result<Self, __arsenal::ractor::message::BoxedDowncastErr> {
            let (__variant, mut __fields) = __arsenal::split_message(__message)?;
            match (__variant.as_str(), __fields.is_call()) {
                ("Put", false) => {
                    let __field_0 = __fields.field::<T>()?;
                    let __field_1 = __fields.field::<u8>()?;
                    __fields.finish()?;
                    ::core::result::Result::Ok(Self::Put {
                        0: __field_0,
                        1: __field_1,
                    })
                }
                ("Take", true) => {
                    __fields.finish()?;
                    ::core::result::Result::Ok(Self::Take {
                        port: __fields.port::<T>()?,
                    })
                }
                _ => {
                    ::core::result::Result::Err(
                        __arsenal::ractor::message::BoxedDowncastErr,
                    )
                }
            }
        }
    }
    #[automatically_derived]
    impl<T: BytesConvertable + Send + 'static> __arsenal::ArsenalMessage for Job<T> {
        const VARIANTS: &'static [&'static str] = &["put", "take"];
        #[inline]
        fn variant(&self) -> u16 {
            match self {
                Self::Put { .. } => 0,
                Self::Take { .. } => 1,
            }
        }
    }
};
const _: () = {
    use ::arsenal_cluster::__private as __arsenal;
    #[automatically_derived]
    impl __arsenal::ractor::Message for Tick {
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
        fn serializable() -> bool {
            true
        }
        fn serialize(
            self,
        ) -> ::core::result::Result<
            __arsenal::ractor::message::SerializedMessage,
            __arsenal::ractor::message::BoxedDowncastErr,
        > {
            ::core::result::Result::Ok(
                match self {
                    Self {} => __arsenal::WireWriter::default().cast("Tick"),
                },
            )
        }
        fn deserialize(
            __message: __arsenal::ractor::message::SerializedMessage,
        ) -> ::core::result::Result<Self, __arsenal::ractor::message::BoxedDowncastErr> {
            let (__variant, mut __fields) = __arsenal::split_message(__message)?;
            match (__variant.as_str(), __fields.is_call()) {
                ("Tick", false) => {
                    __fields.finish()?;
                    ::core::result::Result::Ok(Self {})
                }
                _ => {
                    ::core::result::Result::Err(
                        __arsenal::ractor::message::BoxedDowncastErr,
                    )
                }
            }
        }
    }
    #[automatically_derived]
    impl __arsenal::ArsenalMessage for Tick {
        const VARIANTS: &'static [&'static str] = &["tick"];
        #[inline]
        fn variant(&self) -> u16 {
            match self {
                Self { .. } => 0,
            }
        }
    }
    static __SPEC: __arsenal::MessageSpec = __arsenal::MessageSpec {
        type_id: ::core::any::TypeId::of::<Tick>,
        type_name: ::core::any::type_name::<Tick>,
        description: "",
        variants: &[
            __arsenal::VariantSpec {
                name: "tick",
                description: "",
                is_call: false,
                json: ::core::option::Option::None,
            },
        ],
        is_shown: false,
        json: ::core::option::Option::None,
    };
    __arsenal::inventory::submit! {
        __arsenal::MessageRegistration(& __SPEC)
    }
};
