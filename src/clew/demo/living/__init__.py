"""The sample firm from now on: what happens next, as its tools would send it. Knows no engine, only its exports."""
