"""What events mean to detectors: which are complaints, promises, outreach; the file meanings.yaml."""
