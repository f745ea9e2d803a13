//! What the provider newly asks of implementers beside parameters: calls that nobody made before, calls that its own
//! declaration rejects, hooks that only raise, keys of class attributes.

use super::calls::News;
use super::judge::{Judge, Pair};
use crate::finding::{Certainty, Evidence, Finding, Origin, Role};
use crate::interface::CallShape;
use crate::interface::python::{Abstract, Member, Site, Tolerance};

/// Says what is new about the calls of a method.
pub(super) fn tell(
    judge: &mut Judge<'_>,
    pair: &Pair<'_>,
    news: Vec<(CallShape, News, Vec<Evidence>)>,
) {
    for (shape, news, evidence) in news {
        let finding = match news {
            News::Accepted => Finding::new(
                "call-added",
                pair.subject,
                shape.to_string(),
                format!("`{}` is now called with {shape}, too", pair.display()),
            ),
            News::Rejected => Finding::new(
                "call-rejected",
                pair.subject,
                shape.to_string(),
                format!(
                    "`{}` is now called with {shape}, which its own declaration rejects",
                    pair.display()
                ),
            )
            .hurts(Role::Implementers, Certainty::Definite),
        };
        judge.add(
            pair,
            Finding {
                evidence,
                ..finding
            },
        );
    }
}

/// Where the provider uses a new member that the base does not implement, and does not cope with that: the
/// certainty that an implementer written before breaks there, and the places.
pub(super) fn hook<'s>(
    judge: &Judge<'_>,
    new: &Member,
    sites: &'s [Site],
) -> Option<(Certainty, Vec<&'s Site>)> {
    if new.abstractness() != Abstract::ByCustom {
        return None;
    }
    let bare = not_coping(sites);
    if bare.is_empty() {
        return None;
    }
    // What is new itself, nobody depends on; what stands under a condition may never happen to them.
    let surely = bare
        .iter()
        .any(|site| site.sure && (judge.options.had)(&site.function));
    let certainty = if surely {
        Certainty::Definite
    } else {
        Certainty::Possible
    };
    Some((certainty, bare))
}

/// The places that let NotImplementedError through.
pub(super) fn not_coping(sites: &[Site]) -> Vec<&Site> {
    let lets_through =
        |site: &&Site| site.tolerates.get("NotImplementedError") == Some(&Tolerance::Never);
    sites.iter().filter(lets_through).collect()
}

/// The places as evidence.
pub(super) fn evidence(sites: &[&Site], what: &str) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = sites
        .iter()
        .map(|site| Evidence {
            origin: Origin::Provider,
            place: site.place.clone(),
            what: what.to_owned(),
        })
        .collect();
    evidence.sort();
    evidence.dedup();
    evidence
}
