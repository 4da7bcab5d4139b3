"""What people write about an incident: steps of the guided response, report, tasks, approval, cases."""
