"""How runs went and who differs from whom: what facts and findings are read off."""
