"""Tests of the book say what they left to chance."""

from chance import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
