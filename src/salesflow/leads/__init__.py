"""From a name to a deal: leads that are qualified, matched, converted, merged, scored and handed over.

Start with ``LeadProcess``. Every name loads when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesflow._doors import door

if TYPE_CHECKING:
    from salesflow.leads.assignment import Assigned as Assigned
    from salesflow.leads.assignment import AssignmentPlan as AssignmentPlan
    from salesflow.leads.assignment import AssignmentWay as AssignmentWay
    from salesflow.leads.assignment import Candidate as Candidate
    from salesflow.leads.assignment import Choice as Choice
    from salesflow.leads.assignment import Seller as Seller
    from salesflow.leads.assignment import SellerShare as SellerShare
    from salesflow.leads.assignment import Unassigned as Unassigned
    from salesflow.leads.assignment import assign as assign
    from salesflow.leads.calibration import Calibration as Calibration
    from salesflow.leads.calibration import Figure as Figure
    from salesflow.leads.calibration import ScoreTenth as ScoreTenth
    from salesflow.leads.confidence import Confidence as Confidence
    from salesflow.leads.confidence import by_confidence as by_confidence
    from salesflow.leads.conversion import plan_conversion as plan_conversion
    from salesflow.leads.conversion_fields import Carried as Carried
    from salesflow.leads.conversion_fields import CarriedField as CarriedField
    from salesflow.leads.conversion_mapping import STANDARD_MAPPING as STANDARD_MAPPING
    from salesflow.leads.conversion_mapping import ConversionMapping as ConversionMapping
    from salesflow.leads.conversion_parts import ConversionIds as ConversionIds
    from salesflow.leads.conversion_parts import ConversionPart as ConversionPart
    from salesflow.leads.conversion_parts import Missing as Missing
    from salesflow.leads.conversion_parts import PlannedDeal as PlannedDeal
    from salesflow.leads.conversion_plan import ConversionPlan as ConversionPlan
    from salesflow.leads.counts import CountRow as CountRow
    from salesflow.leads.counts import FieldCounts as FieldCounts
    from salesflow.leads.duplicates import CommonKey as CommonKey
    from salesflow.leads.duplicates import DuplicateGroup as DuplicateGroup
    from salesflow.leads.duplicates import DuplicateIndex as DuplicateIndex
    from salesflow.leads.duplicates import Duplicates as Duplicates
    from salesflow.leads.duplicates import Hit as Hit
    from salesflow.leads.duplicates import find_duplicates as find_duplicates
    from salesflow.leads.features import ScoredField as ScoredField
    from salesflow.leads.features import ScoredFields as ScoredFields
    from salesflow.leads.framework import Criterion as Criterion
    from salesflow.leads.framework import Framework as Framework
    from salesflow.leads.framework import Gap as Gap
    from salesflow.leads.framework import GapReason as GapReason
    from salesflow.leads.frameworks import BANT as BANT
    from salesflow.leads.frameworks import CHAMP as CHAMP
    from salesflow.leads.frameworks import MEDDPICC as MEDDPICC
    from salesflow.leads.frameworks import SPIN as SPIN
    from salesflow.leads.frameworks import NeedAndMeans as NeedAndMeans
    from salesflow.leads.hand_over import HandOverDesk as HandOverDesk
    from salesflow.leads.lead_process import STANDARD_DISQUALIFICATION_REASONS as STANDARD_DISQUALIFICATION_REASONS
    from salesflow.leads.lead_process import LeadProcess as LeadProcess
    from salesflow.leads.lead_stage import LeadStage as LeadStage
    from salesflow.leads.lead_work import LeadWork as LeadWork
    from salesflow.leads.learning import ClosedLead as ClosedLead
    from salesflow.leads.likeness import SameAs as SameAs
    from salesflow.leads.matching_keys import matching_keys as matching_keys
    from salesflow.leads.matching_rules import MatchingRules as MatchingRules
    from salesflow.leads.merge_fields import STANDARD_MERGE_RULES as STANDARD_MERGE_RULES
    from salesflow.leads.merge_fields import FieldMerge as FieldMerge
    from salesflow.leads.merge_fields import LostValue as LostValue
    from salesflow.leads.merge_fields import MergeRules as MergeRules
    from salesflow.leads.merge_fields import Why as Why
    from salesflow.leads.merging import MOST_AT_ONCE as MOST_AT_ONCE
    from salesflow.leads.merging import Excluded as Excluded
    from salesflow.leads.merging import MergePreview as MergePreview
    from salesflow.leads.merging import preview_merge as preview_merge
    from salesflow.leads.prediction import Evidence as Evidence
    from salesflow.leads.prediction import LeadScore as LeadScore
    from salesflow.leads.prediction import Prediction as Prediction
    from salesflow.leads.qualifying import QualifyingDesk as QualifyingDesk
    from salesflow.leads.quota import Given as Given
    from salesflow.leads.quota import daily_quota as daily_quota
    from salesflow.leads.quota import left_today as left_today
    from salesflow.leads.ranking import RANKING_RULE as RANKING_RULE
    from salesflow.leads.ranking import Place as Place
    from salesflow.leads.ranking import Ranked as Ranked
    from salesflow.leads.ranking import Ranking as Ranking
    from salesflow.leads.ranking import rank as rank
    from salesflow.leads.repointing import Pointer as Pointer
    from salesflow.leads.repointing import Repointing as Repointing
    from salesflow.leads.rules import Finding as Finding
    from salesflow.leads.rules import GroupPoints as GroupPoints
    from salesflow.leads.rules import RuleScore as RuleScore
    from salesflow.leads.rules import RuleScoring as RuleScoring
    from salesflow.leads.rules import ScoringRule as ScoringRule
    from salesflow.leads.scoring import PredictiveScoring as PredictiveScoring
    from salesflow.leads.stored_duplicates import KeyQuery as KeyQuery
    from salesflow.leads.stored_duplicates import duplicate_queries as duplicate_queries
    from salesflow.leads.stored_duplicates import find_stored_duplicates as find_stored_duplicates
    from salesflow.leads.stored_duplicates import stored_keys as stored_keys
    from salesflow.leads.unmerging import undo_merge as undo_merge
    from salesflow.leads.ways import ByTerritory as ByTerritory
    from salesflow.leads.ways import LeastLoaded as LeastLoaded
    from salesflow.leads.ways import RoundRobin as RoundRobin
    from salesflow.leads.ways import Weighted as Weighted

_HOMES = {
    "assignment": (
        "Assigned",
        "AssignmentPlan",
        "AssignmentWay",
        "Candidate",
        "Choice",
        "Seller",
        "SellerShare",
        "Unassigned",
        "assign",
    ),
    "calibration": (
        "Calibration",
        "Figure",
        "ScoreTenth",
    ),
    "confidence": (
        "Confidence",
        "by_confidence",
    ),
    "conversion": ("plan_conversion",),
    "conversion_fields": (
        "Carried",
        "CarriedField",
    ),
    "conversion_mapping": (
        "ConversionMapping",
        "STANDARD_MAPPING",
    ),
    "conversion_parts": (
        "ConversionIds",
        "ConversionPart",
        "Missing",
        "PlannedDeal",
    ),
    "conversion_plan": ("ConversionPlan",),
    "counts": (
        "CountRow",
        "FieldCounts",
    ),
    "duplicates": (
        "CommonKey",
        "DuplicateGroup",
        "DuplicateIndex",
        "Duplicates",
        "Hit",
        "find_duplicates",
    ),
    "features": (
        "ScoredField",
        "ScoredFields",
    ),
    "framework": (
        "Criterion",
        "Framework",
        "Gap",
        "GapReason",
    ),
    "frameworks": (
        "BANT",
        "CHAMP",
        "MEDDPICC",
        "NeedAndMeans",
        "SPIN",
    ),
    "hand_over": ("HandOverDesk",),
    "lead_process": (
        "LeadProcess",
        "STANDARD_DISQUALIFICATION_REASONS",
    ),
    "lead_stage": ("LeadStage",),
    "lead_work": ("LeadWork",),
    "learning": ("ClosedLead",),
    "likeness": ("SameAs",),
    "matching_keys": ("matching_keys",),
    "matching_rules": ("MatchingRules",),
    "merge_fields": (
        "FieldMerge",
        "LostValue",
        "MergeRules",
        "STANDARD_MERGE_RULES",
        "Why",
    ),
    "merging": (
        "Excluded",
        "MOST_AT_ONCE",
        "MergePreview",
        "preview_merge",
    ),
    "prediction": (
        "Evidence",
        "LeadScore",
        "Prediction",
    ),
    "qualifying": ("QualifyingDesk",),
    "quota": (
        "Given",
        "daily_quota",
        "left_today",
    ),
    "ranking": (
        "Place",
        "RANKING_RULE",
        "Ranked",
        "Ranking",
        "rank",
    ),
    "repointing": (
        "Pointer",
        "Repointing",
    ),
    "rules": (
        "Finding",
        "GroupPoints",
        "RuleScore",
        "RuleScoring",
        "ScoringRule",
    ),
    "scoring": ("PredictiveScoring",),
    "stored_duplicates": (
        "KeyQuery",
        "duplicate_queries",
        "find_stored_duplicates",
        "stored_keys",
    ),
    "unmerging": ("undo_merge",),
    "ways": (
        "ByTerritory",
        "LeastLoaded",
        "RoundRobin",
        "Weighted",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "BANT",
    "CHAMP",
    "MEDDPICC",
    "MOST_AT_ONCE",
    "RANKING_RULE",
    "SPIN",
    "STANDARD_DISQUALIFICATION_REASONS",
    "STANDARD_MAPPING",
    "STANDARD_MERGE_RULES",
    "Assigned",
    "AssignmentPlan",
    "AssignmentWay",
    "ByTerritory",
    "Calibration",
    "Candidate",
    "Carried",
    "CarriedField",
    "Choice",
    "ClosedLead",
    "CommonKey",
    "Confidence",
    "ConversionIds",
    "ConversionMapping",
    "ConversionPart",
    "ConversionPlan",
    "CountRow",
    "Criterion",
    "DuplicateGroup",
    "DuplicateIndex",
    "Duplicates",
    "Evidence",
    "Excluded",
    "FieldCounts",
    "FieldMerge",
    "Figure",
    "Finding",
    "Framework",
    "Gap",
    "GapReason",
    "Given",
    "GroupPoints",
    "HandOverDesk",
    "Hit",
    "KeyQuery",
    "LeadProcess",
    "LeadScore",
    "LeadStage",
    "LeadWork",
    "LeastLoaded",
    "LostValue",
    "MatchingRules",
    "MergePreview",
    "MergeRules",
    "Missing",
    "NeedAndMeans",
    "Place",
    "PlannedDeal",
    "Pointer",
    "Prediction",
    "PredictiveScoring",
    "QualifyingDesk",
    "Ranked",
    "Ranking",
    "Repointing",
    "RoundRobin",
    "RuleScore",
    "RuleScoring",
    "SameAs",
    "ScoreTenth",
    "ScoredField",
    "ScoredFields",
    "ScoringRule",
    "Seller",
    "SellerShare",
    "Unassigned",
    "Weighted",
    "Why",
    "assign",
    "by_confidence",
    "daily_quota",
    "duplicate_queries",
    "find_duplicates",
    "find_stored_duplicates",
    "left_today",
    "matching_keys",
    "plan_conversion",
    "preview_merge",
    "rank",
    "stored_keys",
    "undo_merge",
]

if not TYPE_CHECKING:  # to type checkers, a name that there is not is a mistake
    __getattr__, __dir__ = door(__name__, _HOME_OF)
