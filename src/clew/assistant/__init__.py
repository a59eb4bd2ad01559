"""What assistants may ask: the context of accounts through the Model Context Protocol, under the caller's rights."""
