//! `?date=` and `?known_at=`: which day an answer is for, and how much of what is known counts.

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::cadastre::ComuneCode;
use crate::layer::AsOf;
use crate::snapshot::{self, Catalogue};

use super::error::Failure;

/// The times that an address asks for; today as known now where it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    /// The day, and what was known.
    pub(super) as_of: AsOf,
    /// True when the address names a day or a moment.
    pub(super) given: bool,
}

impl Times {
    /// The times of two parameters of an address.
    pub(super) fn of(
        app: &App,
        date: Option<&str>,
        known_at: Option<&str>,
    ) -> Result<Self, Failure> {
        let as_of = AsOf::parse(date, known_at, app.today())
            .map_err(|error| Failure::BadRequest(error.to_string()))?;
        Ok(Self {
            as_of,
            given: date.is_some() || known_at.is_some(),
        })
    }

    /// Today, as known now.
    pub(super) fn today(app: &App) -> Self {
        Self {
            as_of: AsOf::on(app.today()),
            given: false,
        }
    }

    /// What is in force around a place, in degrees, at these times.
    pub(super) async fn catalogue_near(
        &self,
        app: &App,
        lon: f64,
        lat: f64,
    ) -> Result<Arc<Catalogue>, Failure> {
        let current = app.catalogue();
        if !self.given {
            return Ok(current);
        }
        let territories = current.territories_near(lon, lat);
        app.catalogue_as_of(self.as_of, &territories)
            .await
            .map_err(Failure::from)
    }

    /// What is in force in the comune of a cadastral code at these times.
    pub(super) async fn catalogue_of(
        &self,
        app: &App,
        code: ComuneCode,
    ) -> Result<Arc<Catalogue>, Failure> {
        let current = app.catalogue();
        if !self.given {
            return Ok(current);
        }
        let territories: Vec<i64> = current
            .comune_by_code(code)
            .map(|comune| comune.id)
            .into_iter()
            .collect();
        app.catalogue_as_of(self.as_of, &territories)
            .await
            .map_err(Failure::from)
    }

    /// What is in force in a territory at these times.
    pub(super) async fn catalogue_of_territory(
        &self,
        app: &App,
        territory_id: i64,
    ) -> Result<Arc<Catalogue>, Failure> {
        if !self.given {
            return Ok(app.catalogue());
        }
        app.catalogue_as_of(self.as_of, &[territory_id])
            .await
            .map_err(Failure::from)
    }

    /// The same times as parameters of another address, behind `?` or `&`; empty where the
    /// address named none.
    pub(super) fn parameters(&self, before: char) -> String {
        if !self.given {
            return String::new();
        }
        let known_at = self
            .as_of
            .known_at
            .map_or_else(String::new, |moment| format!("&known_at={moment}"));
        format!("{before}date={}{known_at}", self.as_of.date)
    }
}

impl From<snapshot::Error> for Failure {
    fn from(error: snapshot::Error) -> Self {
        match error {
            snapshot::Error::Build(_) => Self::internal(&error),
            _ => {
                tracing::warn!(error = ?error, "another day could not be looked up");
                Self::Unavailable("the database of earlier days does not answer just now".into())
            }
        }
    }
}

/// The times that an answer holds for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AsOfShape {
    /// The day.
    #[schema(example = "2026-11-24")]
    date: Option<String>,
    /// What was recorded until this moment is in the answer (RFC 3339). Ask with it as
    /// `known_at`, and with the same date, to get this answer again, whatever is corrected
    /// meanwhile.
    known_at: Option<String>,
}

impl From<&Catalogue> for AsOfShape {
    fn from(catalogue: &Catalogue) -> Self {
        Self {
            date: catalogue.as_of().map(|as_of| as_of.date.to_string()),
            known_at: catalogue.known_until().map(|moment| moment.to_string()),
        }
    }
}
