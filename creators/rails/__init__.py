"""The ways of payment, by name."""

from creators.rails.base import FrozenBatch, FrozenItem, Rail, Report
from creators.rails.manual import ManualRail

RAILS: dict[str, Rail] = {rail.name: rail for rail in (ManualRail(),)}

__all__ = ["RAILS", "FrozenBatch", "FrozenItem", "Rail", "Report"]
