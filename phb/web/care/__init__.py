"""The pages of care co-ordinators and clinicians: people, assessments, plans, and signing them off."""
