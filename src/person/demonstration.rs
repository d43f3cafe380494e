//! The invented identities of a demonstration.

use sqlx::PgConnection;

use crate::access::Role;

use super::session::{Error, NewSession, SessionToken, open_session};
use super::sql;

/// An invented identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The word that chooses it.
    pub word: &'static str,
    /// Its role.
    pub role: Role,
    /// Its invented tax code: no comune has the code X001.
    pub tax_code: &'static str,
}

/// The identities, in the order in which they are offered.
pub const IDENTITIES: [Identity; 5] = [
    Identity {
        word: "citizen",
        role: Role::Citizen,
        tax_code: "PRVNNA80A41X001H",
    },
    Identity {
        word: "professional",
        role: Role::Citizen,
        tax_code: "CMPDRA82D04X001O",
    },
    Identity {
        word: "officer",
        role: Role::Officer,
        tax_code: "MDLCRL70C43X001Z",
    },
    Identity {
        word: "gis_clerk",
        role: Role::GisClerk,
        tax_code: "SMPBRN75B02X001W",
    },
    Identity {
        word: "administrator",
        role: Role::Administrator,
        tax_code: "TCNLNE78E45X001Q",
    },
];

impl Identity {
    /// The identity that a word chooses.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        IDENTITIES
            .into_iter()
            .find(|identity| identity.word == word)
    }

    /// Who it is, the same in every session.
    #[must_use]
    pub fn person(self) -> String {
        format!("demo:{}", self.word)
    }
}

/// Opens a session for an invented identity; staff among them get their duties for every comune.
///
/// # Errors
/// [`Error`].
pub async fn open_demonstration(
    connection: &mut PgConnection,
    identity: Identity,
    name: &str,
    duration_s: i32,
) -> Result<SessionToken, Error> {
    let person = identity.person();
    sqlx::query(sql::KEEP_SUBJECT)
        .bind(&person)
        .bind(name)
        .bind(identity.tax_code)
        .execute(&mut *connection)
        .await?;
    if identity.role != Role::Citizen {
        sqlx::query(sql::GIVE_DUTY)
            .bind(&person)
            .bind(None::<i64>)
            .bind(None::<&str>)
            .bind(identity.role.as_str())
            .bind(None::<&str>)
            .bind(None::<jiff_sqlx::Timestamp>)
            .bind("serve --demo")
            .execute(&mut *connection)
            .await?;
    }
    let session = NewSession {
        person: &person,
        name,
        role: identity.role,
        demonstration: true,
        assurance: None,
    };
    open_session(connection, &session, duration_s).await
}
