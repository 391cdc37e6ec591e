"""The language between the stages: gast nodes, their construction, names, and queries on trees."""
