"""The standard process: the seven stages, one file each."""

from salesflow.standard.approach import Approach
from salesflow.standard.closing import Closing
from salesflow.standard.follow_up import FollowUp
from salesflow.standard.lost import Lost
from salesflow.standard.objection_handling import ObjectionHandling
from salesflow.standard.preparation import Preparation
from salesflow.standard.presentation import Presentation
from salesflow.standard.process import StandardProcess
from salesflow.standard.prospecting import Prospecting

__all__ = [
    "Approach",
    "Closing",
    "FollowUp",
    "Lost",
    "ObjectionHandling",
    "Preparation",
    "Presentation",
    "Prospecting",
    "StandardProcess",
]
