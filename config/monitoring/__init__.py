"""What operators see of the portal: probes, metrics, the log, and errors sent to a collector."""
