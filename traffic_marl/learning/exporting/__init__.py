"""Policies as ONNX: as a network, or as a whole controller of one intersection that needs counts alone."""

from traffic_marl.learning.exporting.program import export_onnx

__all__ = ["export_onnx"]
