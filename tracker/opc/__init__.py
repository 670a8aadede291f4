"""Office packages: zip members kept raw, part names, relationships, content types, the safe save."""
