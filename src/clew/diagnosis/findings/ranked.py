"""Everything that a consultant would point at, the weightiest first: limits, contrasts, losses, the three failures."""

from __future__ import annotations

from collections.abc import Mapping

from clew.diagnosis.comparing.contrasts import Scan
from clew.diagnosis.comparing.courses import Courses
from clew.diagnosis.comparing.recording import recording_of
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.losses import Lost
from clew.diagnosis.findings.contrasts import contrast_findings
from clew.diagnosis.findings.failures import failure_findings, quiet_loss_findings
from clew.diagnosis.findings.limits import limit_findings
from clew.diagnosis.findings.losses import loss_findings
from clew.diagnosis.model import Finding

KINDS = ("limit", "contrast", "loss", "failure")


def findings_of(base: Base, courses: Mapping[str, Courses], scan: Scan, lost: Lost) -> list[Finding]:
    """List the limits, contrasts, losses and failures, inside each kind by falling weight."""
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
