"""What runs by itself: leases are claimed, arriving events taken in, threads folded, the archive kept."""

from clew.worker.model import ALL, Duty
from clew.worker.run import run_worker

__all__ = ["ALL", "Duty", "run_worker"]
