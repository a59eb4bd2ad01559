"""What pages ask of the operational database, one function a question."""
