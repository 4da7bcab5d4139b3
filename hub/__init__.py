"""The hub: alerts supervisors, keeps alerting until a person answers, and keeps the record."""
