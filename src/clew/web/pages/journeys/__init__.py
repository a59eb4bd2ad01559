"""Journeys: each as a picture with what is so now upon it, the runs behind every figure, all of them in one list."""

from __future__ import annotations

from clew.web.pages.journeys import page, portfolio, runs, stage

ENDPOINTS = (*portfolio.ENDPOINTS, *page.ENDPOINTS, *runs.ENDPOINTS, *stage.ENDPOINTS)
