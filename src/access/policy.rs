//! What may be done with data of each class.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::viewer::{Role, Viewer};

/// The class of a layer's data, declared in its definition.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PolicyClass {
    /// Anybody may read it, caches may keep it.
    Public,
    /// Only the office's people may read it, caches may not.
    Staff,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read features, facts or tiles.
    Read,
    /// Load, publish and withdraw maps, and everything else on the pages of the GIS staff.
    Steward,
    /// Issue certificates, see their drafts, and register what was signed.
    Certify,
    /// Say who does what for the office, and read the journal of access.
    Administer,
}

/// The answer no. Towards the asker it is told as "does not exist".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the viewer may not have this")]
pub struct Denied;

/// Decides whether a viewer may do something with data of a class.
///
/// # Errors
/// [`Denied`] when not.
pub fn authorize(viewer: &Viewer, action: Action, class: PolicyClass) -> Result<(), Denied> {
    let allowed = match (action, class) {
        (Action::Certify, _) => viewer.role() == Some(Role::Officer),
        (Action::Administer, _) => viewer.role() == Some(Role::Administrator),
        (Action::Steward, _) => viewer.role() == Some(Role::GisClerk),
        (Action::Read, PolicyClass::Public) => true,
        (Action::Read, PolicyClass::Staff) => {
            matches!(viewer.role(), Some(Role::GisClerk | Role::Officer))
        }
    };
    allowed.then_some(()).ok_or(Denied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_meets_every_class() {
        let known = |role| Viewer::known("p", "Nome Inventato", role);
        let table = [
            (Viewer::Anonymous, true, false),
            (known(Role::Citizen), true, false),
            (known(Role::GisClerk), true, true),
            (known(Role::Officer), true, true),
            (known(Role::Administrator), true, false),
        ];
        for (viewer, public, staff) in table {
            let may = |class| authorize(&viewer, Action::Read, class).is_ok();
            assert_eq!(may(PolicyClass::Public), public, "{viewer:?}");
            assert_eq!(may(PolicyClass::Staff), staff, "{viewer:?}");
            let certifies = authorize(&viewer, Action::Certify, PolicyClass::Staff).is_ok();
            let is_officer = viewer.role() == Some(Role::Officer);
            assert_eq!(certifies, is_officer, "{viewer:?}");
            let administers = authorize(&viewer, Action::Administer, PolicyClass::Staff).is_ok();
            let is_administrator = viewer.role() == Some(Role::Administrator);
            assert_eq!(administers, is_administrator, "{viewer:?}");
            let stewards = authorize(&viewer, Action::Steward, PolicyClass::Public).is_ok();
            let is_clerk = viewer.role() == Some(Role::GisClerk);
            assert_eq!(stewards, is_clerk, "{viewer:?}");
        }
    }
}
