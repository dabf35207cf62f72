"""Drawings of the site -> the same drawings for paper."""
