"""The rules engine: stages, requirements and moves. It knows no stage by name."""
