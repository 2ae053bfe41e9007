"""Widgets for models of consumer behaviour: controls, a picture, one sentence of meaning; a file for each model."""
