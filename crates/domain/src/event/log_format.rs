//! How the table of events becomes types and the log's own form of them.
//!
//! One entry gives a struct, a variant of `Event`, a name and a version in the log, writing and
//! reading. `reads` names older versions that lack members for which the type has a default.
//! Never here: which events there are.

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident($text:literal, $version:literal $(, reads $old:literal)*) {
        $($(#[$fdoc:meta])* $field:ident: $type:ty,)*
    })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            #[allow(missing_docs, reason = "fields carry the names of the specification")]
            pub struct $name { $($(#[$fdoc])* pub $field: $type,)* }

            impl From<$name> for Event {
                fn from(event: $name) -> Self {
                    Self::$name(event)
                }
            }
        )*

        /// Everything that can have happened.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each variant is the struct of the same name")]
        pub enum Event { $($name($name),)* }

        impl Event {
            /// Names and newest schema versions of all event types.
            pub const TYPES: &'static [(&'static str, i16)] = &[$(($text, $version),)*];

            /// The name in the log.
            pub fn event_type(&self) -> &'static str {
                match self { $(Self::$name(_) => $text,)* }
            }

            /// The version of the payload's shape.
            pub fn schema_version(&self) -> i16 {
                match self { $(Self::$name(_) => $version,)* }
            }

            /// The payload as JSON.
            pub fn payload(&self) -> serde_json::Result<String> {
                match self { $(Self::$name(event) => serde_json::to_string(event),)* }
            }

            /// Reads a payload from the log.
            pub fn decode(
                event_type: &str,
                schema_version: i16,
                payload: &str,
            ) -> Result<Self, UnreadableEvent> {
                match (event_type, schema_version) {
                    $(($text, $version $(| $old)*) => serde_json::from_str::<$name>(payload)
                        .map(Self::$name)
                        .map_err(|error| UnreadableEvent::Payload {
                            event_type: $text,
                            error: error.to_string(),
                        }),)*
                    _ => Err(UnreadableEvent::Type {
                        event_type: event_type.to_owned(),
                        schema_version,
                    }),
                }
            }
        }
    };
}

pub(super) use events;
