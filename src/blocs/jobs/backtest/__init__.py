"""Forecasts of data that others collected, scored against their baselines: one module a benchmark."""

from blocs.jobs.backtest.base import BACKTESTS, Backtest, Findings, Score, Table, backtest

__all__ = ["BACKTESTS", "Backtest", "Findings", "Score", "Table", "backtest"]
