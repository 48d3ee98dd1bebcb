"""Turn an assessment into an indicative amount by a dated budget model, with the whole calculation kept."""
