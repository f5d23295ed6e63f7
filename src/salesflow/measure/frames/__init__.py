"""The same metrics where big data lives: on the frames of an engine, by that engine. Needs the extra ``frames``."""

from salesflow.measure.frames.columns import TABLES, FrameColumn, Kind
from salesflow.measure.frames.faults import TableFault
from salesflow.measure.frames.frame_tables import FrameTables
from salesflow.measure.frames.to_frames import to_frames

__all__ = ["TABLES", "FrameColumn", "FrameTables", "Kind", "TableFault", "to_frames"]
