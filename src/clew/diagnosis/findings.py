"""Everything that a consultant would point at, the weightiest first: limits, contrasts, losses, the three failures."""

from __future__ import annotations

from collections.abc import Mapping

from clew.diagnosis.contrasts import Scan
from clew.diagnosis.contrasts_found import contrast_findings
from clew.diagnosis.courses import Courses
from clew.diagnosis.facts_base import Base
from clew.diagnosis.findings_failures import failure_findings, quiet_loss_findings
from clew.diagnosis.limits import limit_findings
from clew.diagnosis.limits_recording import recording_of
from clew.diagnosis.losses_found import loss_findings
from clew.diagnosis.model import Finding
from clew.signals.losses import Losses

KINDS = ("limit", "contrast", "loss", "failure")


def findings_of(base: Base, courses: Mapping[str, Courses], scan: Scan, lost: Losses) -> list[Finding]:
    """Find them, by kind, and inside a kind by falling weight."""
    recording = recording_of(base.sight, courses)
    late = {name: each.comparable_from for name, each in recording.items() if each.comparable_from is not None}
    found = [
        *limit_findings(base, courses, recording, scan),
        *contrast_findings(scan, courses, late),
        *loss_findings(base, courses, recording),
        *failure_findings(base, recording),
        *quiet_loss_findings(lost),
    ]
    return sorted(found, key=lambda finding: (KINDS.index(finding.kind), -finding.weight, finding.claim))
