"""Read-only facts about core code: kinds, activity, and what each statement will become."""
